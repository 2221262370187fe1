/** Checks the splits that `limit` and `judged` name: `limit` counts before `split` divides the data, `judged` after. */
import { nearest } from '../../../src/base/nearest.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Workspace } from '../workspace.ts';

/** `splits`: those of the data. @throws PipelineError if `limit` names another */
export function checkLimitNames(work: Workspace, splits: readonly string[]): void {
  check('limit', work.context.params.limit, splits);
}

/** @throws PipelineError if `judged` names a split that the corpus will not have */
export async function checkJudgedNames(work: Workspace): Promise<void> {
  const { judged } = work.context.params;
  if (judged === undefined) return;
  const rows = await work.database.rows(`
    SELECT DISTINCT coalesce(divided.split, staged_queries.split) AS split
    FROM staged_queries LEFT JOIN divided USING (seq) ORDER BY split`);
  check(
    'judged',
    judged,
    rows.map((row) => String(row['split'])),
  );
}

function check(
  parameter: string,
  named: Readonly<Record<string, number>> | undefined,
  splits: readonly string[],
): void {
  for (const split of Object.keys(named ?? {})) {
    if (splits.includes(split)) continue;
    const meant = nearest(split, splits);
    throw new PipelineError(
      'E_INPUT',
      `${parameter} names the split '${split}', but the data has ${splits.join(', ') || 'no queries'}`,
      { hint: meant === undefined ? undefined : `Did you mean '${meant}'?` },
    );
  }
}
