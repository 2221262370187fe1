/**
 * `judged`: a few queries of a split keep their judgements, and the others lose them, for learning curves. Documents and
 * query texts stay as they are.
 */
import { random, shuffle } from '../../src/base/random.ts';
import { literal } from '../../src/formats/duckdb.ts';
import type { StageWarning } from '../../src/stage.ts';
import type { Workspace } from './workspace.ts';

/**
 * Fills the table `unjudged` with the query_ids that lose their judgements and candidates. The draw is nested: with the
 * same seed, the queries of a smaller number are among those of a larger one.
 */
export async function drawJudged(work: Workspace): Promise<void> {
  const { judged = {}, judged_seed } = work.context.params;
  await work.database.run('CREATE TABLE unjudged (query_id UINTEGER)');
  for (const [split, wanted] of Object.entries(judged)) {
    const candidates = await relevantQueries(work, split);
    const kept = shuffle(candidates, random(judged_seed, `judged ${split}`)).slice(0, wanted);
    if (kept.length < wanted) work.context.warn(fewJudged(split, kept.length, wanted));
    const chosen = kept.length === 0 ? '' : `AND query_id NOT IN (${kept.sort((a, b) => a - b).join(',')})`;
    await work.database.run(`
      INSERT INTO unjudged SELECT query_id FROM staged_queries JOIN query_ids USING (seq)
      WHERE final_split = ${literal(split)} ${chosen}`);
  }
}

/** query_ids with a relevant document, ascending. */
async function relevantQueries(work: Workspace, split: string): Promise<number[]> {
  const rows = await work.database.rows(`
    SELECT DISTINCT query_id FROM staged_queries JOIN query_ids USING (seq)
    JOIN staged_qrels ON staged_qrels.query = staged_queries.seq
    WHERE final_split = ${literal(split)} AND relevance > 0 ORDER BY query_id`);
  return rows.map((row) => Number(row['query_id']));
}

const fewJudged = (split: string, there: number, wanted: number): StageWarning => ({
  message: `only ${there} queries of the split '${split}' have a relevant document; \`judged\` asks for ${wanted}`,
  cause: 'The data has fewer judged queries, or `limit` leaves out the others.',
  hint: 'All of them keep their judgements. Write a smaller number to leave some out.',
  parameter: 'judged',
});
