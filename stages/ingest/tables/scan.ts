/** SQL that reads one file row by row: rows are numbered from 1 in the file's order. */
import { literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Column } from '../parameters.ts';
import type { Source } from '../workspace.ts';

export type Encoding = 'parquet' | 'jsonl' | 'tsv' | 'csv';
export type Compression = 'none' | 'gzip' | 'zstd';

export interface Scan {
  readonly source: Source;
  readonly encoding: Encoding;
  /** tsv and csv: whether the first line names the columns. */
  readonly header: boolean;
  /** Name in the result → the file's column; undefined ones are NULL. */
  readonly columns: Readonly<Record<string, Column | undefined>>;
  /** Of these, the ones that must be strings where the file has types. */
  readonly texts: readonly string[];
  /** Of these, the ones that the file may lack altogether. */
  readonly optional?: readonly string[];
}

/** The rows that the loaders leave: row, each column as VARCHAR, shape_problem. */
export const SCANNED = 'scanned';

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  parquet: 'parquet',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  tsv: 'tsv',
  csv: 'csv',
};

export function compressionOf(label: string): Compression {
  if (/\.gz(ip)?$/i.test(label)) return 'gzip';
  return /\.zst$/i.test(label) ? 'zstd' : 'none';
}

/** How a file is written, by its name; undefined for names that do not tell. */
export function encodingOf(label: string): Encoding | undefined {
  const extension = /\.([a-z]+)(?:\.(?:gz|gzip|zst))?$/i.exec(label)?.[1];
  return extension === undefined ? undefined : ENCODINGS[extension.toLowerCase()];
}

/** @throws PipelineError where the file's name says that it is written otherwise */
export function expectEncoding(source: Source, expected: readonly Encoding[]): Encoding {
  const encoding = encodingOf(source.label);
  if (encoding !== undefined && expected.includes(encoding)) return encoding;
  throw new PipelineError(
    'E_INPUT',
    `${source.label} is none of ${expected.map((one) => `.${one}`).join(', ')}`,
    {
      hint: 'rename the file so that its extension says how it is written (.gz or .zst may follow)',
    },
  );
}

export function parquetRows(source: Source): string {
  return `read_parquet(${literal(source.path)}, file_row_number = true)`;
}

/** Numbers rows over all files: the file's index, then 32 bits of row, which leaves 16 bits for a place in it. */
export const sequence = (source: Source, row: string): string => `(${source.index}::UBIGINT << 32) + ${row}`;
