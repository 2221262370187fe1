import { upstreamOf } from '../plan/order.ts';
import type { StageSpec } from '../spec/spec.ts';

/** How many upstream stages each stage waits for, and which stages wait for each. */
export function edgesOf(order: readonly StageSpec[]): {
  readonly missing: Map<string, number>;
  readonly dependents: ReadonlyMap<string, readonly StageSpec[]>;
} {
  const missing = new Map<string, number>();
  const dependents = new Map<string, StageSpec[]>();
  for (const stage of order) {
    const upstream = upstreamOf(stage);
    missing.set(stage.name, upstream.length);
    for (const name of upstream) {
      const list = dependents.get(name);
      if (list) list.push(stage);
      else dependents.set(name, [stage]);
    }
  }
  return { missing, dependents };
}
