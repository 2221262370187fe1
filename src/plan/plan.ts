/**
 * Spec + store → what would run and why. The runner asks the same planner again for each stage when its
 * inputs are there, so what is planned is what runs.
 */
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import type { Artifact } from '../store/local/artifacts.ts';
import type { Decision } from './decision.ts';
import { upstreamOf } from './order.ts';
import type { Planner } from './planner.ts';
import type { Reason } from './reason.ts';

export type PlanState =
  | Decision
  /**
   * Its key depends on stages that have to run first; if they come out unchanged it may turn out cached.
   * `reasons` is what differs in any case from the nearest earlier execution.
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

/** Decides every stage as far as that goes without running any. */
export function makePlan(planner: Planner, selected: ReadonlySet<string>): Plan {
  const artifacts = new Map<string, Artifact>();
  const entries = planner.order.map((stage): PlanEntry => {
    const plan = stateOf(planner, stage, artifacts, selected.has(stage.name));
    if (plan.state === 'cached') artifacts.set(stage.name, plan.artifact);
    return { stage, plan };
  });
  return { spec: planner.spec, engine: planner.engine, entries };
}

function stateOf(
  planner: Planner,
  stage: StageSpec,
  artifacts: ReadonlyMap<string, Artifact>,
  isSelected: boolean,
): PlanState {
  const early = planner.decideEarly(stage);
  if (early) return early;
  const upstream = upstreamOf(stage).filter((name) => !artifacts.has(name));
  if (upstream.length > 0) {
    if (!isSelected) return { state: 'not-selected' };
    return { state: 'waiting', upstream, reasons: planner.certainReasons(stage, artifacts) };
  }
  const decision = planner.decide(stage, artifacts);
  return isSelected || decision.state === 'cached' ? decision : { state: 'not-selected' };
}
