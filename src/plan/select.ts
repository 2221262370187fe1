import { PipelineError } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { Spec } from '../spec/spec.ts';
import { withAncestors, withDescendants } from './order.ts';
import { stagesMeant } from './selector.ts';

/** Each is a list of selectors (`selector.ts`), whose stages are united. */
export interface Selection {
  /** These stages alone; the stages that feed them have to be cached. */
  readonly only?: readonly string[] | undefined;
  /** These stages and all that depend on them; the other stages that feed them have to be cached. */
  readonly from?: readonly string[] | undefined;
  /** These stages and all that they depend on. */
  readonly until?: readonly string[] | undefined;
}

/** Names of the stages that may execute. Throws `E_USAGE` for a stage that is not in the spec. */
export function selectStages({ stages }: Spec, { only, from, until }: Selection): Set<string> {
  let selected = new Set(stages.map((stage) => stage.name));
  const narrow = (kept: ReadonlySet<string>): void => {
    selected = new Set([...selected].filter((name) => kept.has(name)));
  };
  if (only !== undefined) narrow(stagesMeant(stages, only));
  if (from !== undefined) narrow(withDescendants(stages, stagesMeant(stages, from)));
  if (until !== undefined) narrow(withAncestors(stages, stagesMeant(stages, until)));
  return selected;
}

/** `--force` alone forces every selected stage, `--force STAGE` the stages that the selector matches. */
export function forcedStages(
  { stages }: Spec,
  force: boolean | readonly string[] | undefined,
  selected: ReadonlySet<string>,
): ReadonlySet<string> {
  if (force === undefined || force === false) return new Set();
  return force === true ? selected : stagesMeant(stages, force);
}

export function knownStage(names: readonly string[], name: string): string {
  if (names.includes(name)) return name;
  const similar = nearest(name, names);
  throw new PipelineError('E_USAGE', `there is no stage '${name}'`, {
    hint: similar === undefined ? `The stages are ${names.join(', ')}.` : `Did you mean '${similar}'?`,
  });
}
