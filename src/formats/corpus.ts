/**
 * The `corpus` artifact: documents, queries and relevance judgements in a DuckDB database.
 *
 * - `corpus.duckdb`: four tables.
 *   - `documents`: `doc_id` UINTEGER, `name` VARCHAR, `text` VARCHAR, `title` VARCHAR or NULL. No two documents have the
 *     same text. Where the data has titles, the text begins with the title; that of a SQuAD article is not in the text.
 *   - `queries`: `query_id` UINTEGER, `name` VARCHAR, `split` VARCHAR, `text` VARCHAR, `query_type` VARCHAR or NULL,
 *     `synthetic` BOOLEAN: made by a `synthesize` stage, not by a person. Such queries are never evaluated as real ones.
 *   - `qrels`: `query_id` UINTEGER, `doc_id` UINTEGER, `relevance` INTEGER; above 0 is relevant.
 *   - `candidates`: `query_id` UINTEGER, `doc_id` UINTEGER, `position` UINTEGER: the documents that the data proposes
 *     for a query, from position 0. The table may be empty.
 *   - `own_documents`: `query_id` UINTEGER, `doc_id` UINTEGER: the document with the same id as the query, where the
 *     query is itself a document, as in ArguAna and Quora of BEIR. Only there if it has rows.
 * - `corpus.json`: counts of documents, queries, qrels and candidates, in all and by split (with the number of synthetic
 *   queries, if any); how many rows were folded into equal ones or rejected; downloaded files with their SHA-256; the
 *   number of `own_documents`, if any; `leakage`: by split, what its queries share with those of `train`.
 * - `synthesis.json`: of a `synthesize` stage, its queries by method and what the guards left out; for people.
 *
 * `doc_id` and `query_id` count from 0 without gaps. Every table is stored in order of its first two columns
 * (`candidates`: `query_id`, `position`), so reading it front to back needs no sort. `name` is the id that the data
 * had: unique among documents, and among the queries of a split. Open the database read-only.
 */
import { join } from 'node:path';
import { readCorpusSummary, type CorpusCounts, type SplitCounts } from './corpus-summary.ts';
import { copyIntegers, literal, openDatabase, strings, type Database } from './duckdb.ts';
import { namePacker, type Names } from './packed-names.ts';

export const CORPUS_FILE = 'corpus.duckdb';

export const CORPUS_TABLES = `
  CREATE TABLE documents (
    doc_id UINTEGER NOT NULL, name VARCHAR NOT NULL, text VARCHAR NOT NULL, title VARCHAR);
  CREATE TABLE queries (
    query_id UINTEGER NOT NULL, name VARCHAR NOT NULL, split VARCHAR NOT NULL, text VARCHAR NOT NULL,
    query_type VARCHAR, synthetic BOOLEAN NOT NULL);
  CREATE TABLE qrels (query_id UINTEGER NOT NULL, doc_id UINTEGER NOT NULL, relevance INTEGER NOT NULL);
  CREATE TABLE candidates (query_id UINTEGER NOT NULL, doc_id UINTEGER NOT NULL, position UINTEGER NOT NULL);
`;

export const OWN_DOCUMENTS_TABLE =
  'CREATE TABLE own_documents (query_id UINTEGER NOT NULL, doc_id UINTEGER NOT NULL)';

/** Consecutive rows in id order; `texts[i]` belongs to `ids[i]`. */
export interface TextBatch {
  readonly ids: Uint32Array;
  readonly texts: readonly string[];
}

export interface DocumentText {
  /** External id: unique; the number as text if the data has none. */
  readonly name: string;
  readonly text: string;
}

export interface QueryRow {
  readonly id: number;
  /** External id: unique within its split. */
  readonly name: string;
  readonly split: string;
  readonly text: string;
  readonly type: string | null;
  /** Made by a `synthesize` stage. */
  readonly synthetic: boolean;
}

/** Consecutive documents; `titles[i]` is null where the data has no title. */
export interface TitledBatch extends TextBatch {
  readonly titles: readonly (string | null)[];
}

/** Flat columns, ordered by query and then document. Relevance above 0 is relevant; each pair occurs once. */
export interface Qrels {
  readonly queries: Uint32Array;
  readonly documents: Uint32Array;
  readonly relevance: Int32Array;
}

/** Flat columns, ordered by query and then position; a query's positions count from 0 without gaps. */
export interface Candidates {
  readonly queries: Uint32Array;
  readonly documents: Uint32Array;
  readonly positions: Uint32Array;
}

export interface Corpus {
  counts(): CorpusCounts;
  splits(): readonly SplitCounts[];
  /** Unknown ids are missing from the result. */
  documentTexts(ids: readonly number[] | Uint32Array): Promise<Map<number, DocumentText>>;
  /** All documents, id 0 first, in batches of at most 2,048. */
  documents(): AsyncGenerator<TextBatch, void>;
  /** The same documents with their titles. */
  titledDocuments(): AsyncGenerator<TitledBatch, void>;
  /** External ids by doc_id. */
  documentNames(): Promise<Names>;
  /** Queries by ascending id in batches of at most 2,048; of one split, or of all. */
  queries(split?: string): AsyncGenerator<TextBatch, void>;
  /** The same queries with all their columns, as one array. */
  queryRows(split?: string): Promise<QueryRow[]>;
  qrels(split?: string): Promise<Qrels>;
  candidates(split?: string): Promise<Candidates>;
  /** query_id → doc_id of the document with the same id; a relevant document is never in it. */
  ownDocuments(): Promise<ReadonlyMap<number, number>>;
  /** query_ids of the queries that a `synthesize` stage made, ascending. */
  syntheticQueries(): Promise<readonly number[]>;
  close(): void;
}

export interface OpenCorpusOptions {
  readonly threads?: number;
  readonly memoryMegabytes?: number;
}

/** Opens a corpus for reading. Any number of processes may do so, even in a read-only folder. */
export async function openCorpus(folder: string, options: OpenCorpusOptions = {}): Promise<Corpus> {
  const summary = readCorpusSummary(folder);
  const database = await openDatabase(join(folder, CORPUS_FILE), { ...options, readOnly: true });
  return {
    counts: () => summary.counts,
    splits: () => summary.splits,
    documentTexts: (ids) => documentTexts(database, ids),
    documents: () => textBatches(database, 'SELECT doc_id, text FROM documents'),
    titledDocuments: () => titledBatches(database),
    documentNames: () => documentNames(database),
    queries: (split) =>
      textBatches(database, `SELECT query_id, text FROM queries ${where(splitCondition(split))}`),
    queryRows: (split) => queryRows(database, split),
    qrels: async (split) => {
      const [queries, documents, relevance] = await triples(database, 'qrels', 'relevance', split);
      return { queries, documents, relevance: new Int32Array(relevance.buffer) };
    },
    candidates: async (split) => {
      const [queries, documents, positions] = await triples(database, 'candidates', 'position', split);
      return { queries, documents, positions };
    },
    ownDocuments: async () => {
      if (summary.identical_ids === undefined) return new Map();
      const rows = await database.rows('SELECT query_id, doc_id FROM own_documents');
      return new Map(rows.map((row) => [Number(row['query_id']), Number(row['doc_id'])]));
    },
    syntheticQueries: () => syntheticQueries(database),
    close: () => {
      database.close();
    },
  };
}

/** A corpus without the column has no synthetic query. */
async function syntheticQueries(database: Database): Promise<number[]> {
  const columns = await database.rows(
    "SELECT 1 FROM duckdb_columns() WHERE table_name = 'queries' AND column_name = 'synthetic'",
  );
  if (columns.length === 0) return [];
  const rows = await database.rows('SELECT query_id FROM queries WHERE synthetic ORDER BY query_id');
  return rows.map((row) => Number(row['query_id']));
}

const splitCondition = (split: string | undefined): string =>
  split === undefined ? '' : `split = ${literal(split)}`;

const where = (condition: string): string => (condition === '' ? '' : `WHERE ${condition}`);

async function documentTexts(
  database: Database,
  ids: readonly number[] | Uint32Array,
): Promise<Map<number, DocumentText>> {
  const found = new Map<number, DocumentText>();
  const wanted = [...new Set(ids)].filter((id) => Number.isInteger(id) && id >= 0).sort((a, b) => a - b);
  // A list of this length already reads most of the table's blocks.
  const AT_ONCE = 2_048;
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const list = wanted.slice(start, start + AT_ONCE).join(',');
    const sql = `SELECT doc_id, name, text FROM documents WHERE doc_id IN (${list})`;
    for (const row of await database.rows(sql)) {
      found.set(row['doc_id'] as number, { name: row['name'] as string, text: row['text'] as string });
    }
  }
  return found;
}

async function* textBatches(database: Database, sql: string): AsyncGenerator<TextBatch, void> {
  let last = -1;
  for await (const chunk of database.stream(sql)) {
    const ids = new Uint32Array(chunk.rowCount);
    copyIntegers(chunk, 0, ids, 0);
    for (const id of ids) {
      if (id <= last) throw new Error(`corpus: id ${id} follows ${last}`);
      last = id;
    }
    yield { ids, texts: strings(chunk, 1) };
  }
}

async function* titledBatches(database: Database): AsyncGenerator<TitledBatch, void> {
  for await (const chunk of database.stream('SELECT doc_id, text, title FROM documents')) {
    const ids = new Uint32Array(chunk.rowCount);
    copyIntegers(chunk, 0, ids, 0);
    yield { ids, texts: strings(chunk, 1), titles: chunk.getColumnValues(2) as (string | null)[] };
  }
}

async function documentNames(database: Database): Promise<Names> {
  const packer = namePacker(await countRows(database, 'documents'));
  for await (const chunk of database.stream('SELECT name FROM documents')) packer.add(strings(chunk, 0));
  return packer.finish();
}

async function countRows(database: Database, table: string): Promise<number> {
  const [counted] = await database.rows(`SELECT count(*) AS n FROM ${table}`);
  return Number(counted!['n']);
}

type QueryColumns = [number, string, string, string, string | null, boolean];

async function queryRows(database: Database, split: string | undefined): Promise<QueryRow[]> {
  const rows: QueryRow[] = [];
  const sql = `SELECT query_id, name, split, text, query_type, synthetic FROM queries ${where(splitCondition(split))}`;
  for await (const chunk of database.stream(sql)) {
    for (const [id, name, in_, text, type, synthetic] of chunk.getRows() as QueryColumns[])
      rows.push({ id, name, split: in_, text, type, synthetic });
  }
  return rows;
}

/**
 * Three columns of a table whose rows belong to queries, as typed arrays of equal length. The rows of a split are
 * selected here and not by a join, because a join may change their order.
 */
async function triples(
  database: Database,
  table: 'qrels' | 'candidates',
  third: string,
  split: string | undefined,
): Promise<[Uint32Array, Uint32Array, Uint32Array]> {
  const length = await countRows(database, table);
  const columns = [0, 1, 2].map(() => new Uint32Array(length));
  let offset = 0;
  for await (const chunk of database.stream(`SELECT query_id, doc_id, ${third} FROM ${table}`)) {
    for (const [column, target] of columns.entries()) copyIntegers(chunk, column, target, offset);
    offset += chunk.rowCount;
  }
  const wanted = split === undefined ? undefined : await queriesOf(database, split);
  const kept = wanted ? keepRows(columns, wanted) : length;
  return columns.map((column) => column.slice(0, kept)) as [Uint32Array, Uint32Array, Uint32Array];
}

async function queriesOf(database: Database, split: string): Promise<Set<number>> {
  const rows = await database.rows(`SELECT query_id FROM queries ${where(splitCondition(split))}`);
  return new Set(rows.map((row) => row['query_id'] as number));
}

/** Moves the rows of the wanted queries to the front, in place, and returns their number. */
function keepRows(columns: readonly Uint32Array[], wanted: ReadonlySet<number>): number {
  const queries = columns[0]!;
  let kept = 0;
  for (let row = 0; row < queries.length; row++) {
    if (!wanted.has(queries[row]!)) continue;
    for (const column of columns) column[kept] = column[row]!;
    kept += 1;
  }
  return kept;
}
