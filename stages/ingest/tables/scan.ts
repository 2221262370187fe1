/** Describes the scan of one file: its encoding, compression and columns, and the sequence numbers of its rows. */
import { exactPath, literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Column } from '../schema-parts.ts';
import type { Source } from '../workspace.ts';

export type Encoding = 'parquet' | 'jsonl' | 'tsv' | 'csv';
export type Compression = 'none' | 'gzip' | 'zstd';

/** `spaces`: any run of spaces and tabs, as in TREC files. */
export type Separator = '\t' | ',' | ';' | 'spaces';

export interface Scan {
  readonly source: Source;
  readonly encoding: Encoding;
  /** For tsv and csv: whether the first line has the names of the columns. */
  readonly header: boolean;
  /** For tsv: what separates the columns; a tab unless given. */
  readonly separator?: Separator;
  /** Name in the result → column of the file; NULL if undefined. */
  readonly columns: Readonly<Record<string, Column | undefined>>;
  /** Those of the columns that must be strings if the file has types. */
  readonly texts: readonly string[];
  /** Those of the columns that the file may not have. */
  readonly optional?: readonly string[];
}

/** The table that the loaders fill: row, each column as VARCHAR, shape_problem. */
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

/** The encoding of a file by its extension; undefined for other extensions. */
export function encodingOf(label: string): Encoding | undefined {
  const extension = /\.([a-z]+)(?:\.(?:gz|gzip|zst))?$/i.exec(label)?.[1];
  return extension === undefined ? undefined : ENCODINGS[extension.toLowerCase()];
}

export function cellsOf(line: string, separator: Separator): string[] {
  if (separator === 'spaces') return line.trim().split(/[ \t]+/);
  if (separator === '\t') return line.replace(/\r$/, '').split('\t');
  return line.split(separator).map((cell) => cell.trim());
}

/** @throws PipelineError if the extension of the file is not one of the expected encodings */
export function expectEncoding(source: Source, expected: readonly Encoding[]): Encoding {
  const encoding = encodingOf(source.label);
  if (encoding !== undefined && expected.includes(encoding)) return encoding;
  throw new PipelineError(
    'E_INPUT',
    `${source.label} is none of ${expected.map((one) => `.${one}`).join(', ')}`,
    {
      hint: 'Rename the file so that its extension gives its format; .gz or .zst may follow.',
    },
  );
}

export function parquetRows(source: Source): string {
  return `read_parquet(${literal(exactPath(source.path))}, file_row_number = true)`;
}

/** Numbers rows over all files: the index of the file, then 32 bits for the row; 16 more bits are left for a position in it. */
export const sequence = (source: Source, row: string): string => `(${source.index}::UBIGINT << 32) + ${row}`;
