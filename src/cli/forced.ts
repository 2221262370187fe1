import { knownStage } from '../plan/select.ts';
import type { Spec } from '../spec/spec.ts';

/** `--force` alone forces every selected stage, `--force STAGE` that one. */
export function forcedStages(
  spec: Spec,
  force: boolean | string | undefined,
  selected: ReadonlySet<string>,
): ReadonlySet<string> {
  if (force === undefined || force === false) return new Set();
  if (force === true) return selected;
  return new Set([
    knownStage(
      spec.stages.map((stage) => stage.name),
      force,
    ),
  ]);
}
