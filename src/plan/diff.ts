/** A plan compared with a past run: what differs in each stage. */
import type { Key } from '../base/hash.ts';
import type { KeyDocument } from '../store/manifest.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { EarlierKey } from './earlier.ts';
import { nearest } from './earlier.ts';
import type { Plan, PlanEntry } from './plan.ts';
import type { Planner } from './planner.ts';
import { reasonsBetween, type Reason } from './reason.ts';

export interface PlanDifference {
  readonly stage: string;
  /** `unknown`: inputs do not exist yet; `reasons` lists what differs in any case. */
  readonly state: 'same' | 'differs' | 'unknown' | 'new' | 'gone';
  readonly reasons: readonly Reason[];
  readonly upstream: readonly string[];
}

/** `keysOf` gives the key that a stage had in the run, in a list of one, or none. */
export async function diffPlan(
  store: Store,
  planner: Planner,
  plan: Plan,
  keysOf: (stage: StageSpec) => readonly EarlierKey[],
): Promise<PlanDifference[]> {
  const artifacts = new Map<string, FoundArtifact>();
  const differences: PlanDifference[] = [];
  for (const entry of plan.entries) {
    if (entry.plan.state === 'cached') artifacts.set(entry.stage.name, entry.plan.artifact);
    differences.push(await difference(store, planner, entry, artifacts, keysOf(entry.stage)[0]));
  }
  return differences;
}

async function difference(
  store: Store,
  planner: Planner,
  { stage, plan }: PlanEntry,
  artifacts: ReadonlyMap<string, FoundArtifact>,
  before: EarlierKey | undefined,
): Promise<PlanDifference> {
  const base = { stage: stage.name, reasons: [], upstream: [] };
  if (!before) return { ...base, state: 'new' };
  if (keysOfPlan(plan).includes(before.key)) return { ...base, state: 'same' };
  const artifact = await findWhole(store, before.kind, before.key);
  if (!artifact) return { ...base, state: 'gone' };
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

/** An accepted artifact has a key of its own, next to the one that the stage has now. */
function keysOfPlan(plan: PlanEntry['plan']): readonly Key[] {
  if (plan.state === 'run') return [plan.key];
  return plan.state === 'cached' ? [plan.key, plan.artifact.manifest.key] : [];
}

function documentOf(plan: PlanEntry['plan']): KeyDocument | undefined {
  if (plan.state === 'run') return plan.document;
  return plan.state === 'cached' ? plan.artifact.manifest.keyDocument : undefined;
}
