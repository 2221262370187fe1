import { PipelineError } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { Spec } from '../spec/spec.ts';
import { withAncestors, withDescendants } from './order.ts';

export interface Selection {
  /** This stage alone; what feeds it has to be cached. */
  readonly only?: string | undefined;
  /** This stage and all that depends on it; what feeds them has to be cached. */
  readonly from?: string | undefined;
  /** This stage and all that it depends on. */
  readonly until?: string | undefined;
}

/** Names of the stages that may execute. Throws `E_USAGE` for a stage that is not in the spec. */
export function selectStages(spec: Spec, { only, from, until }: Selection): Set<string> {
  const names = spec.stages.map((stage) => stage.name);
  let selected = new Set(names);
  const narrow = (kept: ReadonlySet<string>): void => {
    selected = new Set([...selected].filter((name) => kept.has(name)));
  };
  if (only !== undefined) narrow(new Set([knownStage(names, only)]));
  if (from !== undefined) narrow(withDescendants(spec.stages, [knownStage(names, from)]));
  if (until !== undefined) narrow(withAncestors(spec.stages, [knownStage(names, until)]));
  return selected;
}

export function knownStage(names: readonly string[], name: string): string {
  if (names.includes(name)) return name;
  const similar = nearest(name, names);
  throw new PipelineError('E_USAGE', `there is no stage '${name}'`, {
    hint: similar === undefined ? `The stages are ${names.join(', ')}.` : `Did you mean '${similar}'?`,
  });
}
