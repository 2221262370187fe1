/**
 * Stages data whose relevance judgements refer to documents and queries by their ids: BEIR, tables and SQL. Rows are
 * staged by name first, then joined into the tables of the workspace.
 */
import { literal } from '../../../src/formats/duckdb.ts';
import type { Column } from '../schema-parts.ts';
import { blank, firstProblem, setAside } from '../rejects.ts';
import type { Source, Workspace } from '../workspace.ts';
import { groupColumn } from '../splits/divide.ts';
import { sequence, type Encoding, type Separator } from './scan.ts';
import { stage } from './stage-rows.ts';

const NAMED_TABLES = `
  CREATE TABLE named_documents (
    seq UBIGINT, source UINTEGER, row UBIGINT, name VARCHAR, text VARCHAR, title VARCHAR, problem VARCHAR);
  CREATE TABLE named_queries (
    seq UBIGINT, source UINTEGER, row UBIGINT, name VARCHAR, text VARCHAR, split VARCHAR, type VARCHAR,
    problem VARCHAR, group_name VARCHAR);
  CREATE TABLE named_qrels (
    source UINTEGER, row UBIGINT, query VARCHAR, document VARCHAR, relevance INTEGER, split VARCHAR,
    problem VARCHAR);
  CREATE TABLE named_candidates (
    seq UBIGINT, source UINTEGER, row UBIGINT, query VARCHAR, document VARCHAR, problem VARCHAR);
`;

export async function createNamedTables(work: Workspace): Promise<void> {
  await work.database.run(NAMED_TABLES);
}

export interface TableOptions {
  readonly encoding: Encoding;
  readonly header: boolean;
  readonly separator?: Separator;
}

type Columns = Readonly<Record<string, Column | undefined>>;

/** The title is put before the text with a space between, as in BEIR's evaluation. */
export const DOCUMENT = {
  title: `if(${blank('title')} OR ${blank('text')}, NULL, title)`,
  text: `if(${blank('title')}, text, if(${blank('text')}, title, title || ' ' || text))`,
  problems: [
    [blank('id'), 'document id missing'],
    [blank('text'), 'document text missing or empty'],
  ],
} as const;

export const QUERY_PROBLEMS = [
  [blank('id'), 'query id missing'],
  [blank('text'), 'query missing or empty'],
] as const;

export const GROUP_PROBLEM = [blank('group_name'), 'group missing'] as const;

/** `1.0` is an integer, `0.5` is not; a missing value is 1 only if there is no such column. */
export const RELEVANCE = {
  value: String.raw`if(regexp_full_match(relevance, '\s*[+-]?\d{1,9}(\.0*)?\s*'), relevance::DOUBLE::INTEGER, NULL)`,
  problem: 'relevance is not an integer of up to 9 digits',
};

export async function stageDocuments(
  work: Workspace,
  source: Source,
  options: TableOptions,
  columns: { id: Column; text: Column; title?: Column | undefined },
  optional: readonly string[] = [],
): Promise<void> {
  const all: Columns = { id: columns.id, text: columns.text, title: columns.title };
  await stage(
    work,
    { source, ...options, columns: all, texts: ['text', 'title'], optional },
    (rows) => `
    INSERT INTO named_documents
    SELECT ${sequence(source, 'row')}, ${source.index}, row, id, text, title,
           coalesce(shape_problem, ${firstProblem(DOCUMENT.problems)})
    FROM (SELECT row, id, ${DOCUMENT.text} AS text, ${DOCUMENT.title} AS title, shape_problem FROM (${rows}))`,
  );
}

export async function stageQueries(
  work: Workspace,
  source: Source,
  options: TableOptions,
  columns: { id: Column; text: Column; split?: Column | undefined; type?: Column | undefined },
): Promise<void> {
  const split = columns.split === undefined ? splitOf(source) : 'split';
  const group = groupColumn(work.context.params);
  const problems = [
    ...QUERY_PROBLEMS,
    ...(group === undefined ? [] : [GROUP_PROBLEM]),
    ...(columns.split === undefined ? [] : ([[blank('split'), 'split missing']] as const)),
  ] as const;
  const all: Columns = {
    id: columns.id,
    text: columns.text,
    split: columns.split,
    type: columns.type,
    group_name: group,
  };
  await stage(
    work,
    { source, ...options, columns: all, texts: ['text'] },
    (rows) => `
    INSERT INTO named_queries
    SELECT ${sequence(source, 'row')}, ${source.index}, row, id, text, ${split}, type,
           coalesce(shape_problem, ${firstProblem(problems)}), group_name
    FROM (${rows})`,
  );
}

export async function stageQrels(
  work: Workspace,
  source: Source,
  options: TableOptions,
  columns: { query: Column; document: Column; relevance?: Column | undefined },
): Promise<void> {
  const relevance = columns.relevance === undefined ? '1' : RELEVANCE.value;
  const problem = firstProblem([[`${relevance} IS NULL`, RELEVANCE.problem]]);
  const all: Columns = { query: columns.query, document: columns.document, relevance: columns.relevance };
  await stage(
    work,
    { source, ...options, columns: all, texts: [] },
    (rows) => `
    INSERT INTO named_qrels
    SELECT ${source.index}, row, query, document, ${relevance}, ${splitOf(source)},
           coalesce(shape_problem, ${problem})
    FROM (${rows})`,
  );
}

export async function stageCandidates(
  work: Workspace,
  source: Source,
  options: TableOptions,
  columns: { query: Column; document: Column },
): Promise<void> {
  const all: Columns = { query: columns.query, document: columns.document };
  await stage(
    work,
    { source, ...options, columns: all, texts: [] },
    (rows) => `
    INSERT INTO named_candidates
    SELECT ${sequence(source, 'row')}, ${source.index}, row, query, document, shape_problem FROM (${rows})`,
  );
}

const splitOf = (source: Source): string => (source.split === null ? 'NULL' : literal(source.split));

/** Checks ids across the named tables, assigns splits to queries, applies `limit`, and stages the remaining rows. */
export async function resolveNames(work: Workspace): Promise<void> {
  await work.step('checking ids', `${repeatedIds} ${splits(work.context.params.limit ?? {})} ${unknownIds}`);
  for (const table of ['named_qrels', 'named_candidates']) await setAside(work, table);
  await work.step('joining ids', STAGED);
}

/** The first of several rows with the same id is kept; an identical repeated document is only a duplicate. */
const repeatedIds = `
  CREATE TEMP TABLE firsts AS
    SELECT name, min(seq) AS seq, arg_min(md5_number(text), seq) AS hash FROM named_documents
    WHERE problem IS NULL GROUP BY name HAVING count(*) > 1;
  UPDATE named_documents SET problem = 'document id repeated with a different text' FROM firsts
    WHERE named_documents.name = firsts.name AND named_documents.seq > firsts.seq
      AND named_documents.problem IS NULL AND md5_number(text) <> hash;
  UPDATE named_queries SET problem = 'query id repeated' FROM (
    SELECT name, min(seq) AS seq FROM named_queries WHERE problem IS NULL GROUP BY name HAVING count(*) > 1
  ) AS firsts
    WHERE named_queries.name = firsts.name AND named_queries.seq > firsts.seq AND named_queries.problem IS NULL;
  INSERT INTO rejects
    SELECT source, row, problem FROM named_documents WHERE problem IS NOT NULL
    UNION ALL SELECT source, row, problem FROM named_queries WHERE problem IS NOT NULL;
  CREATE TABLE document_names AS
    SELECT name, min(seq) AS seq FROM named_documents WHERE problem IS NULL GROUP BY name;
`;

/**
 * A query without a split of its own belongs to the split of its judgements. Of several splits it takes the first of
 * train, validation, test and then the others by name, so that no query is used for both training and evaluation.
 */
function splits(limit: Readonly<Record<string, number>>): string {
  const kept = Object.entries(limit).map(([split, n]) => `WHEN ${literal(split)} THEN place <= ${n}`);
  return `
    CREATE TABLE query_names AS
      WITH judged AS (
        SELECT query, arg_min(split, (CASE split WHEN 'train' THEN 0 WHEN 'validation' THEN 1 WHEN 'dev' THEN 1
                                      WHEN 'test' THEN 2 ELSE 3 END, split)) AS split
        FROM named_qrels WHERE split IS NOT NULL GROUP BY query),
      placed AS (
        SELECT named_queries.*
                 REPLACE (coalesce(named_queries.split, judged.split,
                   if((SELECT count(*) FROM judged) = 0, 'all', 'unjudged')) AS split)
        FROM named_queries LEFT JOIN judged ON judged.query = named_queries.name WHERE problem IS NULL)
      SELECT seq, name, text, split, type, group_name,
             ${kept.length === 0 ? 'true' : `CASE split ${kept.join(' ')} ELSE true END`} AS kept
      FROM (SELECT *, row_number() OVER (PARTITION BY split ORDER BY seq) AS place FROM placed);`;
}

const unknownIds = ['named_qrels', 'named_candidates']
  .map((table) => {
    const what = table === 'named_qrels' ? 'judgement of' : 'candidate for';
    return `
      UPDATE ${table} SET problem = '${what} an unknown query'
        WHERE problem IS NULL AND (query IS NULL OR query NOT IN (SELECT name FROM query_names));
      UPDATE ${table} SET problem = '${what === 'judgement of' ? what : 'candidate is'} an unknown document'
        WHERE problem IS NULL AND (document IS NULL OR document NOT IN (SELECT name FROM document_names));`;
  })
  .join('\n');

const STAGED = `
  CREATE VIEW occurrences AS SELECT seq, name, text, title FROM named_documents WHERE problem IS NULL;
  CREATE VIEW staged_queries AS SELECT seq, split, name, text, type FROM query_names WHERE kept;
  CREATE VIEW staged_groups AS SELECT seq AS query, group_name AS name FROM query_names WHERE kept;
  CREATE TABLE staged_qrels AS
    SELECT query_names.seq AS query, document_names.seq AS document, relevance
    FROM named_qrels JOIN query_names ON query = query_names.name
    JOIN document_names ON document = document_names.name WHERE kept;
  CREATE TABLE staged_candidates AS
    SELECT query_names.seq AS query, document_names.seq AS document, named_candidates.seq AS position
    FROM named_candidates JOIN query_names ON query = query_names.name
    JOIN document_names ON document = document_names.name WHERE kept;
`;
