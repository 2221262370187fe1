/**
 * Spec + store → what would run and why. The scheduler asks the same planner again for each stage once its inputs
 * are there, so that what is planned is what runs.
 */
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import type { FoundArtifact } from '../store/store.ts';
import type { Decision } from './decision.ts';
import { upstreamOf } from './order.ts';
import type { Planner } from './planner.ts';
import type { Reason } from './reason.ts';

export type PlanState =
  | Decision
  /**
   * Its key depends on stages that have to run first; if their content does not change, it may be cached.
   * `reasons` lists what differs from the nearest earlier execution in any case.
   */
  | { readonly state: 'waiting'; readonly upstream: readonly string[]; readonly reasons: readonly Reason[] }
  /** Left out by --only, --from or --until. */
  | { readonly state: 'not-selected' };

export interface PlanEntry {
  readonly stage: StageSpec;
  readonly plan: PlanState;
}

export interface Plan {
  readonly spec: Spec;
  /** The engine of numeric stages; null where there are none. */
  readonly engine: Engine | null;
  /** In an order in which they could run one by one. */
  readonly entries: readonly PlanEntry[];
}

/** Decides every stage as far as that is possible without running any. */
export async function makePlan(planner: Planner, selected: ReadonlySet<string>): Promise<Plan> {
  const artifacts = new Map<string, FoundArtifact>();
  const decided = new Map<string, Promise<PlanEntry>>();
  const decide = async (stage: StageSpec): Promise<PlanEntry> => {
    await Promise.all(upstreamOf(stage).map((name) => decided.get(name)!));
    const plan = await stateOf(planner, stage, artifacts, selected.has(stage.name));
    if (plan.state === 'cached') artifacts.set(stage.name, plan.artifact);
    return { stage, plan };
  };
  // A remote store answers slowly and many questions at a time, so each is asked as soon as it can be.
  for (const stage of planner.order) decided.set(stage.name, decide(stage));
  return {
    spec: planner.spec,
    engine: planner.engine,
    entries: await Promise.all(decided.values()),
  };
}

async function stateOf(
  planner: Planner,
  stage: StageSpec,
  artifacts: ReadonlyMap<string, FoundArtifact>,
  isSelected: boolean,
): Promise<PlanState> {
  const early = await planner.decideEarly(stage);
  if (early) return early;
  const upstream = upstreamOf(stage).filter((name) => !artifacts.has(name));
  if (upstream.length > 0) {
    if (!isSelected) return { state: 'not-selected' };
    return { state: 'waiting', upstream, reasons: await planner.certainReasons(stage, artifacts) };
  }
  const decision = await planner.decide(stage, artifacts);
  return isSelected || decision.state === 'cached' ? decision : { state: 'not-selected' };
}
