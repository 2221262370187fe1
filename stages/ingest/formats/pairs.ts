/** Reads a table of query–document pairs with optional labels: the documents paired with a query are its candidates. */
import { literal } from '../../../src/formats/duckdb.ts';
import type { PairsTable } from '../parameters.ts';
import { groupColumn } from '../splits/divide.ts';
import { blank, firstProblem, setAside } from '../rejects.ts';
import { RELEVANCE, type TableOptions } from '../tables/relational.ts';
import { sequence } from '../tables/scan.ts';
import { stage } from '../tables/stage-rows.ts';
import type { Source, Workspace } from '../workspace.ts';

const TABLE = `
  CREATE TABLE pairs (
    seq UBIGINT, source UINTEGER, row UBIGINT, split VARCHAR, query_id VARCHAR, query VARCHAR,
    document_id VARCHAR, document VARCHAR, relevance INTEGER, group_name VARCHAR, problem VARCHAR)`;

export async function readPairs(
  work: Workspace,
  table: PairsTable,
  sources: readonly Source[],
  options: TableOptions,
): Promise<void> {
  await work.database.run(TABLE);
  const columns = {
    query: table.query,
    document: table.document,
    query_id: table.query_id,
    document_id: table.document_id,
    relevance: table.label,
    split: table.split,
    group_name: groupColumn(work.context.params),
  };
  const grouped = columns.group_name !== undefined;
  for (const source of sources) {
    await stage(work, { source, ...options, columns, texts: ['query', 'document'] }, (rows) =>
      insert(source, table, grouped, rows),
    );
  }
  if (table.query_id !== undefined) await rejectRenamed(work, 'split, query_id', 'query');
  if (table.document_id !== undefined) await rejectRenamed(work, 'document_id', 'document');
  await setAside(work, 'pairs');
  await work.step('joining pairs', staged(work.context.params.limit ?? {}));
}

function insert(source: Source, table: PairsTable, grouped: boolean, rows: string): string {
  const split = table.split !== undefined ? 'split' : literal(source.split ?? 'all');
  const relevance = table.label === undefined ? '1' : RELEVANCE.value;
  const problem = firstProblem([
    [blank('query'), 'query missing or empty'],
    [blank('document'), 'document text missing or empty'],
    [`${relevance} IS NULL`, RELEVANCE.problem],
    ...(table.query_id === undefined ? [] : [[blank('query_id'), 'query id missing'] as const]),
    ...(table.document_id === undefined ? [] : [[blank('document_id'), 'document id missing'] as const]),
    ...(table.split === undefined ? [] : [[blank('split'), 'split missing'] as const]),
    ...(grouped ? [[blank('group_name'), 'group missing'] as const] : []),
  ]);
  return `
    INSERT INTO pairs
    SELECT ${sequence(source, 'row')}, ${source.index}, row, ${split}, query_id, query, document_id, document,
           ${relevance}, group_name, coalesce(shape_problem, ${problem})
    FROM (${rows})`;
}

/** Rejects rows whose id occurred before with a different text. */
async function rejectRenamed(work: Workspace, id: string, text: 'query' | 'document'): Promise<void> {
  await work.database.run(`
    UPDATE pairs SET problem = '${text} id repeated with a different text' FROM (
      SELECT seq AS later, md5_number(${text}) <> first_value(md5_number(${text})) OVER (
        PARTITION BY ${id} ORDER BY seq) AS renamed
      FROM pairs WHERE problem IS NULL) WHERE renamed AND seq = later`);
}

function staged(limit: Readonly<Record<string, number>>): string {
  const kept = Object.entries(limit).map(([split, n]) => `WHEN ${literal(split)} THEN place <= ${n}`);
  return `
    CREATE TABLE staged_queries AS
      SELECT seq, split, name, text, NULL::VARCHAR AS type, key
      FROM (
        SELECT min(seq) AS seq, split, key, arg_min(query_id, seq) AS name, arg_min(query, seq) AS text,
               row_number() OVER (PARTITION BY split ORDER BY min(seq)) AS place
        FROM (SELECT *, coalesce(query_id, query) AS key FROM pairs) GROUP BY split, key)
      WHERE ${kept.length === 0 ? 'true' : `CASE split ${kept.join(' ')} ELSE true END`};
    CREATE TABLE staged_candidates AS
      SELECT staged_queries.seq AS query, pairs.seq AS document, pairs.seq AS position, relevance
      FROM pairs JOIN staged_queries
        ON pairs.split = staged_queries.split AND coalesce(query_id, query) = staged_queries.key;
    CREATE VIEW staged_groups AS
      SELECT staged_queries.seq AS query, group_name AS name
      FROM pairs JOIN staged_queries
        ON pairs.split = staged_queries.split AND coalesce(query_id, query) = staged_queries.key;
    CREATE VIEW staged_qrels AS SELECT query, document, relevance FROM staged_candidates;
    CREATE VIEW occurrences AS
      SELECT seq, document_id AS name, document AS text, NULL::VARCHAR AS title FROM pairs
      WHERE seq IN (SELECT document FROM staged_candidates);`;
}
