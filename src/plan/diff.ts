/** A plan beside a past run: what differs in each stage. */
import type { Key } from '../base/hash.ts';
import { findArtifact, type Artifact } from '../store/local/artifacts.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { KeyDocument } from '../store/manifest.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { EarlierKey } from './earlier.ts';
import { nearest } from './earlier.ts';
import type { Plan, PlanEntry } from './plan.ts';
import type { Planner } from './planner.ts';
import { reasonsBetween, type Reason } from './reason.ts';

export interface PlanDifference {
  readonly stage: string;
  /** `unknown`: inputs are still to be made; `reasons` hold what differs anyway. */
  readonly state: 'same' | 'differs' | 'unknown' | 'new' | 'gone';
  readonly reasons: readonly Reason[];
  readonly upstream: readonly string[];
}

/** `keysOf` gives the key that a stage had in the run, in a list of one, or none. */
export function diffPlan(
  layout: StoreLayout,
  planner: Planner,
  plan: Plan,
  keysOf: (stage: StageSpec) => readonly EarlierKey[],
): PlanDifference[] {
  const artifacts = new Map<string, Artifact>();
  return plan.entries.map((entry) => {
    if (entry.plan.state === 'cached') artifacts.set(entry.stage.name, entry.plan.artifact);
    return difference(layout, planner, entry, artifacts, keysOf(entry.stage)[0]);
  });
}

function difference(
  layout: StoreLayout,
  planner: Planner,
  { stage, plan }: PlanEntry,
  artifacts: ReadonlyMap<string, Artifact>,
  before: EarlierKey | undefined,
): PlanDifference {
  const base = { stage: stage.name, reasons: [], upstream: [] };
  if (!before) return { ...base, state: 'new' };
  if (keysOfPlan(plan).includes(before.key)) return { ...base, state: 'same' };
  const lookup = findArtifact(layout, before.kind, before.key);
  if (lookup.state !== 'found') return { ...base, state: 'gone' };
  const { artifact } = lookup;
  const context = planner.context(stage);
  const document = documentOf(plan);
  if (document) {
    const reasons = reasonsBetween(artifact.manifest.keyDocument, document, context);
    return { ...base, state: 'differs', reasons };
  }
  const known = planner.documentOf(stage, artifacts);
  const near = nearest([{ ...before, artifact }], known, context, Object.keys(known.inputs));
  const upstream = plan.state === 'waiting' ? plan.upstream : [];
  return { ...base, state: 'unknown', reasons: near?.reasons ?? [], upstream };
}

/** An accepted artifact bears its own key beside the one that the stage has now. */
function keysOfPlan(plan: PlanEntry['plan']): readonly Key[] {
  if (plan.state === 'run') return [plan.key];
  return plan.state === 'cached' ? [plan.key, plan.artifact.manifest.key] : [];
}

function documentOf(plan: PlanEntry['plan']): KeyDocument | undefined {
  if (plan.state === 'run') return plan.document;
  return plan.state === 'cached' ? plan.artifact.manifest.keyDocument : undefined;
}
