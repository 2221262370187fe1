/** Counts the rows of a corpus database, in all and by split, for its corpus.json. */
import type { CorpusCounts, SplitCounts } from './corpus-summary.ts';
import type { Database } from './duckdb.ts';

/** Of the attached database `catalog`. */
export async function countCorpus(
  database: Database,
  catalog: string,
): Promise<{ readonly counts: CorpusCounts; readonly splits: readonly SplitCounts[] }> {
  const [total] = await database.rows(
    `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${catalog}.${table}) AS ${table}`).join(', ')}`,
  );
  const [documents, queries, qrels, candidates] = TABLES.map((table) => Number(total![table])) as [
    number,
    number,
    number,
    number,
  ];
  const rows = await database.rows(`
    SELECT split, count(*) AS queries, count(*) FILTER (coalesce(relevant, 0) = 0) AS unanswered,
           coalesce(sum(judged), 0) AS qrels, coalesce(sum(listed), 0) AS candidates,
           count(*) FILTER (synthetic) AS synthetic
    FROM ${catalog}.queries
    LEFT JOIN (SELECT query_id, count(*) AS judged, count(*) FILTER (relevance > 0) AS relevant
               FROM ${catalog}.qrels GROUP BY query_id) USING (query_id)
    LEFT JOIN (SELECT query_id, count(*) AS listed FROM ${catalog}.candidates GROUP BY query_id) USING (query_id)
    GROUP BY split ORDER BY min(query_id)`);
  return { counts: { documents, queries, qrels, candidates }, splits: rows.map(splitCounts) };
}

const TABLES = ['documents', 'queries', 'qrels', 'candidates'] as const;

function splitCounts(row: Awaited<ReturnType<Database['rows']>>[number]): SplitCounts {
  const synthetic = Number(row['synthetic']);
  return {
    name: String(row['split']),
    queries: Number(row['queries']),
    unanswered: Number(row['unanswered']),
    qrels: Number(row['qrels']),
    candidates: Number(row['candidates']),
    ...(synthetic > 0 && { synthetic }),
  };
}
