/** Reads MS MARCO rows from Parquet files. Their content is interpreted in msmarco-row.ts. */
import { DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { identifier } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import { missingColumn } from '../tables/columns.ts';
import { parquetRows } from '../tables/scan.ts';
import type { JsonRecord, Problem } from '../tables/values.ts';
import { unreadable, type Source, type Workspace } from '../workspace.ts';

/** The rows of a Parquet file, from 1, as the records that JSON Lines would give. `group`: one more column, as text. */
export async function parquetRecords(
  work: Workspace,
  source: Source,
  group: string | undefined,
  visit: (row: number, record: JsonRecord | Problem) => boolean,
): Promise<void> {
  const select = await selectOf(work, source, group);
  const rows = await rowCount(work, source);
  await work.scan(source, async (done) => {
    let row = 0;
    for await (const chunk of work.database.stream(select)) {
      work.context.signal.throwIfAborted();
      for (const [place, id, query, type, selected, texts, grouped] of chunk.getRows()) {
        if (Number(place) !== row++) throw new Error(`row ${String(place)} comes after row ${row - 2}`);
        const passages = { is_selected: items(selected!), passage_text: items(texts!) };
        const record = { query_id: id, query, query_type: type, passages };
        if (!visit(row, group === undefined ? record : { ...record, [group]: grouped })) return;
      }
      done((source.bytes * row) / rows);
    }
  });
}

const items = (list: DuckDBValue): unknown[] | null =>
  list instanceof DuckDBListValue
    ? list.items.map((item) => (typeof item === 'bigint' ? Number(item) : item))
    : null;

async function rowCount(work: Workspace, source: Source): Promise<number> {
  const [row] = await work.database.rows(`SELECT count(*) AS n FROM ${parquetRows(source)}`);
  return Number(row!['n']);
}

/** A SELECT of query_id, query, query_type, is_selected[] and passage_text[]. */
async function selectOf(work: Workspace, source: Source, group: string | undefined): Promise<string> {
  const columns = await columnTypes(work, source);
  const wrong = (message: string): PipelineError =>
    new PipelineError('E_INPUT', `${source.label}: ${message}`, {
      hint: 'MS MARCO has query_id, query and passages {is_selected[], passage_text[]}. For other tables, write `format: parquet`.',
    });
  for (const name of ['query_id', 'query', 'passages'])
    if (!columns.has(name)) throw wrong(`there is no column '${name}'`);
  if (group !== undefined && !columns.has(group)) throw missingColumn(source, group, [...columns.keys()]);
  for (const name of ['query', 'query_type']) {
    const type = columns.get(name) ?? 'VARCHAR';
    if (type !== 'VARCHAR') throw wrong(`${name} is ${type}, not text`);
  }
  const id = columns.get('query_id')!;
  if (!/^(VARCHAR|U?(TINY|SMALL|BIG)?INT|U?INTEGER)$/.test(id))
    throw wrong(`query_id is ${id}, not text or an integer`);
  const type = columns.has('query_type') ? 'query_type' : 'NULL::VARCHAR';
  return `SELECT file_row_number, query_id::VARCHAR, query, ${type}, ${listsOf(columns.get('passages')!, wrong)}
      ${group === undefined ? '' : `, ${identifier(group)}::VARCHAR`}
    FROM ${parquetRows(source)}`;
}

const SHAPES = {
  lists: /^STRUCT\((?=.*\bis_selected \w+\[\])(?=.*\bpassage_text VARCHAR\[\]).*\)$/,
  structs: /^STRUCT\((?=.*\bis_selected \w+\b(?!\[))(?=.*\bpassage_text VARCHAR\b(?!\[)).*\)\[\]$/,
};

function listsOf(type: string, wrong: (message: string) => PipelineError): string {
  const plain = type.replaceAll('"', '');
  const fields = ['is_selected', 'passage_text'];
  if (SHAPES.lists.test(plain)) return fields.map((name) => `passages.${name}`).join(', ');
  if (SHAPES.structs.test(plain))
    return fields.map((name) => `list_transform(passages, lambda passage: passage.${name})`).join(', ');
  throw wrong(`passages is ${type}, not a struct of lists`);
}

async function columnTypes(work: Workspace, source: Source): Promise<Map<string, string>> {
  const rows = await work.database
    .rows(
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${parquetRows(source)})`,
    )
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
  return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
}
