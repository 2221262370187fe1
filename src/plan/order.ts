import type { StageSpec } from '../spec/spec.ts';

/** Names of the stages that feed a stage, each once. */
export function upstreamOf(stage: StageSpec): readonly string[] {
  return [...new Set(Object.values(stage.inputs).flat())];
}

/** The stages ordered so that each comes after all that feed it, otherwise in the order of the file. */
export function topologicalOrder(stages: readonly StageSpec[]): StageSpec[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const order: StageSpec[] = [];
  const placed = new Set<string>();
  // Iterative, because a chain of 10,000 stages would overflow the stack.
  for (const start of stages) {
    const pending = [start];
    while (pending.length > 0) {
      const stage = pending.at(-1)!;
      const missing = placed.has(stage.name) ? [] : upstreamOf(stage).filter((name) => !placed.has(name));
      if (missing.length > 0) {
        pending.push(...missing.reverse().map((name) => byName.get(name)!));
        continue;
      }
      pending.pop();
      if (placed.has(stage.name)) continue;
      placed.add(stage.name);
      order.push(stage);
    }
  }
  return order;
}

/** The named stages and all that feed them, directly or not. */
export function withAncestors(stages: readonly StageSpec[], names: Iterable<string>): Set<string> {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const found = new Set<string>();
  const pending = [...names];
  while (pending.length > 0) {
    const name = pending.pop()!;
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...upstreamOf(byName.get(name)!));
  }
  return found;
}

/** The named stages and all that they feed, directly or not. */
export function withDescendants(stages: readonly StageSpec[], names: Iterable<string>): Set<string> {
  const found = new Set(names);
  for (const stage of topologicalOrder(stages)) {
    if (upstreamOf(stage).some((name) => found.has(name))) found.add(stage.name);
  }
  return found;
}
