import { nearest } from '../../src/base/nearest.ts';
import { literal } from '../../src/formats/duckdb.ts';
import { PipelineError } from '../../src/stage.ts';
import type { Workspace } from './workspace.ts';

/** Rows that a split may still take from its next file, by `limit`; undefined where it has none. */
export async function remaining(work: Workspace, table: string, split: string): Promise<number | undefined> {
  const limit = work.context.params.limit?.[split];
  if (limit === undefined) return undefined;
  const [row] = await work.database.rows(
    `SELECT count(*) AS n FROM ${table} WHERE split = ${literal(split)}`,
  );
  return Math.max(0, limit - Number(row!['n']));
}

/** @throws PipelineError where `limit` names a split that the data does not have */
export function checkLimit(work: Workspace, splits: readonly string[]): void {
  for (const split of Object.keys(work.context.params.limit ?? {})) {
    if (splits.includes(split)) continue;
    const meant = nearest(split, splits);
    throw new PipelineError(
      'E_INPUT',
      `limit names the split '${split}', and the data has ${splits.join(', ')}`,
      {
        hint: meant === undefined ? undefined : `did you mean '${meant}'?`,
      },
    );
  }
}
