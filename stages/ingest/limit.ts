import { nearest } from '../../src/base/nearest.ts';
import { PipelineError } from '../../src/stage.ts';
import type { Workspace } from './workspace.ts';

/** @throws PipelineError if `limit` names a split that the data does not have */
export function checkLimit(work: Workspace, splits: readonly string[]): void {
  for (const split of Object.keys(work.context.params.limit ?? {})) {
    if (splits.includes(split)) continue;
    const meant = nearest(split, splits);
    throw new PipelineError(
      'E_INPUT',
      `limit names the split '${split}', but the data has ${splits.join(', ')}`,
      {
        hint: meant === undefined ? undefined : `Did you mean '${meant}'?`,
      },
    );
  }
}
