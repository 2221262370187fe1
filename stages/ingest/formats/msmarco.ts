/**
 * MS MARCO question answering, v1.1 and v2.1 (https://huggingface.co/datasets/microsoft/ms_marco): a row is a
 * query with its passages. All of them are its candidates, the selected ones relevant; a query without any
 * selected passage stays, unanswered. Query ids name queries within a split, because splits may repeat them.
 */
import { literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import { remaining } from '../limit.ts';
import type { MsmarcoParams } from '../params.ts';
import { blank, firstProblem, setAside } from '../rejects.ts';
import { expectEncoding, jsonLines, limited, parquetRows, sequence } from '../scan.ts';
import { unreadable, type Source, type Workspace } from '../workspace.ts';

const TABLES = `
  CREATE TABLE rows (
    seq UBIGINT, source UINTEGER, row UBIGINT, split VARCHAR, name VARCHAR, text VARCHAR, type VARCHAR,
    selected INTEGER[], passages VARCHAR[], blanks BOOLEAN, problem VARCHAR);
  CREATE VIEW listed AS
    SELECT seq AS query, (seq << 16) + position AS seq, position, selected[position] AS relevance,
           passages[position] AS text
    FROM (SELECT *, unnest(range(1, len(passages) + 1))::UBIGINT AS position FROM rows);
`;

const VIEWS = `
  CREATE VIEW occurrences AS SELECT seq, NULL::VARCHAR AS name, text FROM listed;
  CREATE VIEW staged_queries AS SELECT seq, split, name, text, type FROM rows;
  CREATE VIEW staged_qrels AS SELECT query, seq AS document, relevance FROM listed WHERE relevance > 0;
  CREATE VIEW staged_candidates AS SELECT query, seq AS document, position FROM listed;
`;

export async function readMsmarco(work: Workspace, params: MsmarcoParams): Promise<void> {
  await work.database.run(TABLES + VIEWS);
  for (const source of await work.addSplits(params.splits)) {
    const encoding = expectEncoding(source, ['parquet', 'jsonl']);
    const limit = await remaining(work, 'rows', source.split!);
    const rows = encoding === 'parquet' ? await parquet(work, source, limit) : json(source, limit);
    await work.read(source, insert(source, rows));
  }
  await dropBlankPassages(work);
  await work.database.run(`
    UPDATE rows SET problem = 'query_id repeated within its split' FROM (
      SELECT seq AS later FROM rows WHERE problem IS NULL
      QUALIFY row_number() OVER (PARTITION BY split, name ORDER BY seq) > 1) WHERE seq = later`);
  await setAside(work, 'rows');
}

/** Expects rows with: row, name, text, type, selected, passages, and the shape's own problem. */
function insert(source: Source, rows: string): string {
  const problem = firstProblem([
    ['name IS NULL', 'query_id missing'],
    [blank('text'), 'query missing or empty'],
    ['selected IS NULL OR passages IS NULL', 'passages missing or of another type'],
    ['len(selected) <> len(passages)', 'is_selected and passage_text differ in length'],
    ['len(passages) = 0', 'no passages'],
    ['len(passages) > 65535', 'more than 65,535 passages'],
    [
      'list_contains(list_transform(selected, x -> x IN (0, 1)), false) OR len(selected) > list_count(selected)',
      'is_selected is not 0 or 1',
    ],
  ]);
  return `
    INSERT INTO rows
    SELECT ${sequence(source, 'row')}, ${source.index}, row, ${literal(source.split!)}, name, text, type,
           if(problem IS NULL, selected, NULL), if(problem IS NULL, passages, NULL),
           problem IS NULL AND len(list_filter(passages, x -> ${blank('x')})) > 0, problem
    FROM (SELECT *, coalesce(shape_problem, ${problem}) AS problem FROM (${rows}))`;
}

/** The shape is judged on the JSON itself, because casting would turn a number into a text unnoticed. */
function json(source: Source, limit: number | undefined): string {
  const problem = firstProblem([
    ['json IS NULL', 'malformed JSON'],
    [`json_type(json) <> 'OBJECT'`, 'not a JSON object'],
    [`json_type(json, '$.query_id') NOT IN ('VARCHAR', 'UBIGINT', 'BIGINT')`, 'query_id is no id'],
    [`json_type(json, '$.query') NOT IN ('VARCHAR', 'NULL')`, 'query is not a string'],
    [`(shape->>'$.passage_text') NOT IN ('["VARCHAR"]', '["NULL"]')`, 'passages missing or of another type'],
    [`(shape->>'$.is_selected') NOT IN ('["UBIGINT"]', '["NULL"]')`, 'is_selected is not 0 or 1'],
  ]);
  const value = `{"query_id":"VARCHAR","query":"VARCHAR","query_type":"VARCHAR",
    "passages":{"is_selected":["INTEGER"],"passage_text":["VARCHAR"]}}`;
  return `
    SELECT row, value.query_id AS name, value.query AS text, value.query_type AS type,
           value.passages.is_selected AS selected, value.passages.passage_text AS passages, shape_problem
    FROM (
      SELECT row, ${problem} AS shape_problem, json_transform(json, ${literal(value)}) AS value
      FROM (SELECT row, json, json_structure(json->'passages') AS shape FROM (${jsonLines(source, limit)})))`;
}

async function parquet(work: Workspace, source: Source, limit: number | undefined): Promise<string> {
  const columns = await describe(work, source);
  const type = columns.has('query_type') ? 'query_type::VARCHAR' : 'NULL::VARCHAR';
  return `
    SELECT file_row_number + 1 AS row, query_id::VARCHAR AS name, query::VARCHAR AS text, ${type} AS type,
           passages.is_selected::INTEGER[] AS selected, passages.passage_text::VARCHAR[] AS passages,
           NULL::VARCHAR AS shape_problem
    FROM (SELECT * FROM ${parquetRows(source)} ${limited(limit)})`;
}

async function describe(work: Workspace, source: Source): Promise<Map<string, string>> {
  const rows = await work.database
    .rows(
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${parquetRows(source)})`,
    )
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
  const columns = new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
  for (const name of ['query_id', 'query', 'passages']) {
    if (!columns.has(name)) {
      throw new PipelineError('E_INPUT', `${source.label} has no column '${name}'`, {
        hint: 'msmarco wants query_id, query and passages {is_selected[], passage_text[]}; read other tables by `format: parquet`',
      });
    }
  }
  if (!/^STRUCT\(.*is_selected \w+\[\].*\)$/.test(columns.get('passages')!.replaceAll('"', ''))) {
    throw new PipelineError(
      'E_INPUT',
      `${source.label}: passages is ${columns.get('passages')!}, and a struct of lists is wanted`,
      { hint: 'passages {is_selected INTEGER[], passage_text VARCHAR[]}' },
    );
  }
  return columns;
}

/** A row with blank passages among others is kept without them. */
async function dropBlankPassages(work: Workspace): Promise<void> {
  const kept = `list_filter(list_zip(selected, passages), pair -> NOT ${blank('pair[2]')})`;
  await work.database.run(`
    INSERT INTO rejects
      SELECT source, row, 'passage missing or empty'
      FROM (SELECT source, row, unnest(passages) AS text FROM rows WHERE blanks) WHERE ${blank('text')};
    UPDATE rows SET
      selected = list_transform(${kept}, pair -> pair[1]), passages = list_transform(${kept}, pair -> pair[2])
    WHERE blanks`);
}
