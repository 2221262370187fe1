/**
 * Looks at a user's data: its format, columns, splits and size, as far as a starter spec needs to know them. Nothing is
 * checked here; `ingest` does that.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { exactPath, identifier, literal, openDatabase, type Database } from '../formats/duckdb.ts';
import { tableColumns, type Sampled, type TableColumns } from './columns.ts';

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

/** Split → path as given. */
export type SplitFiles = Readonly<Record<string, string>>;

/** What `ingest` is told about the data. */
export type Source =
  | { readonly format: 'beir'; readonly folder: string }
  | { readonly format: 'msmarco'; readonly splits: SplitFiles }
  | { readonly format: 'squad'; readonly splits: SplitFiles }
  | { readonly format: TableFormat; readonly splits: SplitFiles; readonly columns: TableColumns };

export interface LookedAt {
  readonly source: Source;
  /** Names of the splits that have judged queries; `train` alone where the data have one. */
  readonly splits: readonly string[];
  /** Training questions with a relevant document; 0 where the data have documents alone. */
  readonly questions: number;
  /** Training questions without a relevant document, and the split that `ingest` puts them into. */
  readonly unjudged: { readonly split: string; readonly questions: number };
  /** Documents, before duplicates are merged. */
  readonly documents: number;
  /** Whether most letters of the first texts are of the Latin alphabet without accents, as in English. */
  readonly english: boolean;
}

const SAMPLE = 200;
const NONE_UNJUDGED = { split: 'train', questions: 0 } as const;

const FORMATS: readonly (readonly [ending: RegExp, format: TableFormat])[] = [
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, 'jsonl'],
  [/\.csv(\.gz)?$/i, 'csv'],
  [/\.tsv(\.gz)?$/i, 'tsv'],
  [/\.parquet$/i, 'parquet'],
];

const KNOWN =
  'Give a .csv, .tsv, .jsonl or .parquet file, SQuAD .json, or a folder in BEIR format or with a file for each split.';

/** @throws PipelineError where the path has no data of a known form */
export async function lookAt(path: string): Promise<LookedAt> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new PipelineError('E_INPUT', `${path} does not exist`, { hint: KNOWN });
  const database = await openDatabase(':memory:', { memoryMegabytes: 1024 });
  try {
    if (!found.isDirectory()) return await lookAtSplits(database, { train: path });
    if (beirFile(path, 'corpus') !== undefined) return await lookAtBeir(database, path);
    return await lookAtSplits(database, splitFilesOf(path));
  } finally {
    database.close();
  }
}

const SPLIT_NAMES: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  valid: 'validation',
  validation: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
};

/** `train.csv`, `dev.csv` … in a folder, or its only data file. */
function splitFilesOf(folder: string): SplitFiles {
  const files = readdirSync(folder)
    .filter((name) => FORMATS.some(([ending]) => ending.test(name)) || /\.json(\.gz)?$/i.test(name))
    .sort();
  const named = files.flatMap((name) => {
    const split = SPLIT_NAMES[/^[a-z]+/i.exec(name)?.[0].toLowerCase() ?? ''];
    return split === undefined ? [] : [[split, join(folder, name)] as const];
  });
  if (named.length > 0) return Object.fromEntries(named);
  if (files.length === 1) return { train: join(folder, files[0]!) };
  const listed = files.length === 0 ? 'no data file' : `the files ${files.slice(0, 5).join(', ')}`;
  throw new PipelineError('E_INPUT', `${folder} has ${listed}; which to read is not clear`, { hint: KNOWN });
}

async function lookAtSplits(database: Database, splits: SplitFiles): Promise<LookedAt> {
  const [, first] = Object.entries(splits).find(([split]) => split === 'train') ?? Object.entries(splits)[0]!;
  if (/\.json(\.gz)?$/i.test(first) && (await isSquad(database, first))) {
    const counts = await squadCounts(database, first);
    return {
      source: { format: 'squad', splits },
      splits: Object.keys(splits),
      unjudged: NONE_UNJUDGED,
      ...counts,
    };
  }
  const format = FORMATS.find(([ending]) => ending.test(first))?.[1] ?? jsonLines(first);
  const sample = await database.table(`SELECT * FROM ${reader(format, first)} LIMIT ${SAMPLE}`);
  if (sample.rows.length === 0) throw new PipelineError('E_INPUT', `${first} has no rows`);
  if (sample.columns.includes('passages') && sample.columns.includes('query')) {
    const counts = await msmarcoCounts(database, format, first);
    return { source: { format: 'msmarco', splits }, splits: Object.keys(splits), ...counts };
  }
  const sampled: Sampled[] = sample.columns.map((name, place) => ({
    name,
    values: sample.rows.map((row) => row[place]),
  }));
  const columns = tableColumns(sampled);
  if (!columns)
    throw new PipelineError(
      'E_INPUT',
      `no column of ${first} holds texts; it has ${sample.columns.join(', ')}`,
      {
        hint: 'Name the columns `query` and `document`, or `id` and `text` where there are documents alone.',
      },
    );
  const own =
    columns.split === undefined
      ? Object.keys(splits)
      : await valuesOf(database, format, first, columns.split);
  const rows = await rowsOf(database, format, first);
  const texts = sampled.find(({ name }) => name === columns.document)!.values;
  return {
    source: { format, splits, columns },
    splits: columns.query === undefined ? [] : own,
    questions: columns.query === undefined ? 0 : await distinctOf(database, format, first, columns.query),
    unjudged: NONE_UNJUDGED,
    documents:
      columns.query === undefined ? rows : await distinctOf(database, format, first, columns.document),
    english: looksEnglish(texts),
  };
}

/** DuckDB's function that reads a file of this format. */
function reader(format: TableFormat, path: string): string {
  const file = literal(exactPath(path));
  switch (format) {
    case 'parquet':
      return `read_parquet(${file})`;
    case 'jsonl':
      return `read_json(${file}, format = 'newline_delimited', maximum_object_size = 67108864)`;
    case 'csv':
      return `read_csv(${file}, header = true, all_varchar = true)`;
    case 'tsv':
      return `read_csv(${file}, header = true, all_varchar = true, delim = '\t', quote = '')`;
  }
}

function jsonLines(path: string): TableFormat {
  if (/\.json(\.gz)?$/i.test(path)) return 'jsonl';
  throw new PipelineError('E_INPUT', `${basename(path)} is in no known format`, { hint: KNOWN });
}

async function countOf(database: Database, sql: string): Promise<number> {
  const [row] = await database.rows(sql);
  return Number(Object.values(row!)[0]);
}

const rowsOf = (database: Database, format: TableFormat, path: string): Promise<number> =>
  countOf(database, `SELECT count(*) FROM ${reader(format, path)}`);

const distinctOf = (database: Database, format: TableFormat, path: string, column: string): Promise<number> =>
  countOf(database, `SELECT count(DISTINCT ${identifier(column)}) FROM ${reader(format, path)}`);

async function valuesOf(
  database: Database,
  format: TableFormat,
  path: string,
  column: string,
): Promise<string[]> {
  const name = identifier(column);
  const rows = await database.rows(
    `SELECT DISTINCT ${name} AS value FROM ${reader(format, path)} WHERE ${name} IS NOT NULL ORDER BY value LIMIT 20`,
  );
  return rows.map(({ value }) => String(value));
}

async function isSquad(database: Database, path: string): Promise<boolean> {
  const { columns } = await database.table(`SELECT * FROM read_json(${literal(path)}) LIMIT 1`);
  return columns.includes('data');
}

type Counts = Pick<LookedAt, 'questions' | 'documents' | 'english'>;

async function squadCounts(database: Database, path: string): Promise<Counts> {
  const paragraphs = `SELECT unnest(a.paragraphs) AS p FROM (SELECT unnest(data) AS a FROM read_json(${literal(path)}, maximum_object_size = 268435456))`;
  const documents = await countOf(database, `SELECT count(*) FROM (${paragraphs})`);
  const questions = await countOf(database, `SELECT sum(len(p.qas)) FROM (${paragraphs})`);
  const { rows } = await database.table(`SELECT p.context FROM (${paragraphs}) LIMIT ${SAMPLE}`);
  return { questions, documents, english: looksEnglish(rows.map(([text]) => text)) };
}

async function msmarcoCounts(
  database: Database,
  format: TableFormat,
  path: string,
): Promise<Counts & Pick<LookedAt, 'unjudged'>> {
  const from = reader(format, path);
  const questions = await countOf(
    database,
    `SELECT count(*) FROM ${from} WHERE list_sum(passages.is_selected) > 0`,
  );
  const unjudged = (await countOf(database, `SELECT count(*) FROM ${from}`)) - questions;
  const documents = await countOf(
    database,
    `SELECT count(DISTINCT text) FROM (SELECT unnest(passages.passage_text) AS text FROM ${from})`,
  );
  const { rows } = await database.table(`SELECT query FROM ${from} LIMIT ${SAMPLE}`);
  return {
    questions,
    unjudged: { split: 'train', questions: unjudged },
    documents,
    english: looksEnglish(rows.map(([text]) => text)),
  };
}

/** `corpus.jsonl` or `corpus.jsonl.gz`, in the folder or in a folder of the same name. */
function beirFile(folder: string, name: string): string | undefined {
  return ['jsonl', 'jsonl.gz', 'jsonl.zst']
    .map((ending) => join(folder, `${name}.${ending}`))
    .find((path) => existsSync(path));
}

async function lookAtBeir(database: Database, folder: string): Promise<LookedAt> {
  const corpus = beirFile(folder, 'corpus')!;
  const qrels = join(folder, 'qrels');
  const files = existsSync(qrels)
    ? readdirSync(qrels).filter((name) => /\.(tsv|txt|qrels)(\.gz)?$/i.test(name))
    : [];
  const splits = files.map(
    (name) => SPLIT_NAMES[name.replace(/\..*$/, '').toLowerCase()] ?? name.replace(/\..*$/, ''),
  );
  const train = files[splits.indexOf('train')];
  const judgedBy = (paths: readonly string[]): string =>
    paths
      .map(
        (name) =>
          `SELECT column0 AS query FROM read_csv(${literal(join(qrels, name))}, header = false, all_varchar = true, skip = 1)`,
      )
      .join(' UNION ALL ');
  const { rows } = await database.table(`SELECT * FROM ${reader('jsonl', corpus)} LIMIT ${SAMPLE}`);
  const queries = beirFile(folder, 'queries');
  const unjudged =
    files.length === 0 || queries === undefined
      ? 0
      : await countOf(
          database,
          `SELECT count(*) FROM ${reader('jsonl', queries)} WHERE _id::VARCHAR NOT IN (${judgedBy(files)})`,
        );
  return {
    source: { format: 'beir', folder },
    splits: [...new Set(splits)].sort(),
    questions:
      train === undefined
        ? 0
        : await countOf(database, `SELECT count(DISTINCT query) FROM (${judgedBy([train])})`),
    unjudged: { split: 'unjudged', questions: unjudged },
    documents: await rowsOf(database, 'jsonl', corpus),
    english: looksEnglish(rows.flat()),
  };
}

/** A guess from letters alone: published English vectors are proposed where it is true. */
function looksEnglish(values: readonly unknown[]): boolean {
  const text = values
    .filter((value) => typeof value === 'string')
    .join(' ')
    .slice(0, 100_000);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const plain = text.match(/[a-z]/gi)?.length ?? 0;
  const common = text.match(/\b(?:the|of|and|is|to|in)\b/gi)?.length ?? 0;
  const words = text.match(/\p{L}+/gu)?.length ?? 0;
  return letters > 0 && plain / letters > 0.95 && common / Math.max(1, words) > 0.03;
}
