/**
 * Reads MS MARCO question answering, v1.1 and v2.1 (https://huggingface.co/datasets/microsoft/ms_marco): a row is a
 * query with its passages. All of them are its candidates, and the selected ones are relevant; a query without a
 * selected passage is kept as unanswered. Query ids are unique only within a split, because splits may repeat them.
 */
import type { Appender } from '../../../src/formats/duckdb.ts';
import { eachJsonLine } from '../tables/json-lines.ts';
import type { MsmarcoParams } from '../parameters.ts';
import { setAside } from '../rejects.ts';
import { expectEncoding } from '../tables/scan.ts';
import { groupColumn } from '../splits/divide.ts';
import { isBlank, isProblem, scalarText, type JsonRecord, type Problem } from '../tables/values.ts';
import type { Source, Workspace } from '../workspace.ts';
import { parquetRecords } from './msmarco-parquet.ts';
import { msmarcoRow } from './msmarco-row.ts';

const TABLES = `
  CREATE TABLE rows (
    seq UBIGINT, source UINTEGER, row UBIGINT, split VARCHAR, name VARCHAR, text VARCHAR, type VARCHAR,
    problem VARCHAR, group_name VARCHAR);
  CREATE TABLE listed (query UBIGINT, position UINTEGER, relevance INTEGER, text VARCHAR);
`;

const VIEWS = `
  CREATE VIEW occurrences AS SELECT (query << 16) + position AS seq, NULL::VARCHAR AS name, text, NULL::VARCHAR AS title FROM listed;
  CREATE VIEW staged_queries AS SELECT seq, split, name, text, type FROM rows;
  CREATE VIEW staged_groups AS SELECT seq AS query, group_name AS name FROM rows;
  CREATE VIEW staged_qrels AS
    SELECT query, (query << 16) + position AS document, relevance FROM listed WHERE relevance > 0;
  CREATE VIEW staged_candidates AS SELECT query, (query << 16) + position AS document, position FROM listed;
`;

export async function readMsmarco(work: Workspace, params: MsmarcoParams): Promise<void> {
  await work.database.run(TABLES + VIEWS);
  const sources = await work.addSplits(params.splits);
  const encodings = sources.map((source) => expectEncoding(source, ['parquet', 'jsonl']));
  const tables = {
    rows: await work.database.appender('rows'),
    listed: await work.database.appender('listed'),
    rejects: await work.database.appender('rejects'),
  };
  const taken = new Map<string, number>();
  for (const [index, source] of sources.entries()) {
    const split = source.split!;
    const group = groupColumn(params)?.toString();
    const take = rowTaker(tables, source, group);
    const wanted = (): boolean => (taken.get(split) ?? 0) < (params.limit?.[split] ?? Infinity);
    const visit = (row: number, record: JsonRecord | Problem): boolean => {
      if (wanted() && take(row, record)) taken.set(split, (taken.get(split) ?? 0) + 1);
      return wanted();
    };
    if (!wanted()) continue;
    if (encodings[index] === 'parquet') await parquetRecords(work, source, group, visit);
    else await eachJsonLine(work, source, visit);
  }
  for (const table of Object.values(tables)) await table.close();
  await setRepeatedAside(work);
}

type Tables = Readonly<Record<'rows' | 'listed' | 'rejects', Appender>>;

/** Stages a row or reports the problem with it; returns whether the row was staged. */
function rowTaker(
  tables: Tables,
  source: Source,
  group: string | undefined,
): (row: number, record: JsonRecord | Problem) => boolean {
  return (row, record) => {
    const reject = (problem: string): void => {
      tables.rejects.row(source.index, BigInt(row), problem);
    };
    const read = isProblem(record) ? record : msmarcoRow(record);
    if (isProblem(record) || isProblem(read)) {
      reject((read as Problem).problem);
      return false;
    }
    const groupName = group === undefined ? null : (scalarText(record[group]) ?? null);
    if (group !== undefined && (groupName === null || isBlank(groupName))) {
      reject(`no group: ${group} is missing`);
      return false;
    }
    const passages = read.passages.filter((passage) => passage !== null);
    for (let blanks = read.passages.length - passages.length; blanks > 0; blanks--)
      reject('passage missing or empty');
    // The same number as `sequence` in SQL.
    const seq = (BigInt(source.index) << 32n) + BigInt(row);
    tables.rows.row(
      seq,
      source.index,
      BigInt(row),
      source.split,
      read.name,
      read.text,
      read.type,
      null,
      groupName,
    );
    for (const [place, passage] of passages.entries())
      tables.listed.row(seq, place + 1, passage.selected, passage.text);
    return true;
  };
}

async function setRepeatedAside(work: Workspace): Promise<void> {
  await work.step(
    'checking ids',
    `UPDATE rows SET problem = 'query_id repeated within its split' FROM (
       SELECT rows.seq AS later FROM rows JOIN (
         SELECT split, name, min(seq) AS first FROM rows GROUP BY split, name HAVING count(*) > 1
       ) AS firsts USING (split, name) WHERE rows.seq > first) WHERE seq = later;
     DELETE FROM listed WHERE query IN (SELECT seq FROM rows WHERE problem IS NOT NULL)`,
  );
  await setAside(work, 'rows');
}
