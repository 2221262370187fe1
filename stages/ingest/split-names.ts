import { nearest } from '../../src/base/nearest.ts';
import { PipelineError } from '../../src/stage.ts';
import type { Workspace } from './workspace.ts';

/** @throws PipelineError if `limit` or `judged` names a split that the data does not have */
export function checkSplitNames(work: Workspace, splits: readonly string[]): void {
  const { limit = {}, judged = {} } = work.context.params;
  for (const [parameter, named] of Object.entries({ limit, judged }))
    for (const split of Object.keys(named)) {
      if (splits.includes(split)) continue;
      const meant = nearest(split, splits);
      throw new PipelineError(
        'E_INPUT',
        `${parameter} names the split '${split}', but the data has ${splits.join(', ') || 'no queries'}`,
        { hint: meant === undefined ? undefined : `Did you mean '${meant}'?` },
      );
    }
}
