/**
 * Combines many variations of a spec into one. Stages that are equal in several variations, including all their
 * inputs, become one stage of the combined spec, which executes once.
 */
import { digestOfJson } from '../base/hash.ts';
import type { Json } from '../base/json.ts';
import { topologicalOrder } from '../plan/order.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';

export interface Combined {
  readonly spec: Spec;
  /** For each variation: stage name → name in the combined spec. */
  readonly names: readonly ReadonlyMap<string, string>[];
  /** Name in the combined spec → name in the variations. */
  readonly original: ReadonlyMap<string, string>;
}

interface Node {
  readonly stage: StageSpec;
  /** Slot → identities. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

export function combine(specs: readonly Spec[]): Combined {
  const nodes = new Map<string, Node>();
  const identities = specs.map((spec) => identitiesOf(spec, nodes));
  const names = nameNodes(nodes);
  const stages = [...nodes].map(([identity, { stage, inputs }]) => ({
    ...stage,
    name: names.get(identity)!,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([slot, list]) => [slot, list.map((one) => names.get(one)!)]),
    ),
  }));
  return {
    spec: { ...specs[0]!, stages },
    names: identities.map((own) => new Map([...own].map(([name, identity]) => [name, names.get(identity)!]))),
    original: new Map([...nodes].map(([identity, { stage }]) => [names.get(identity)!, stage.name])),
  };
}

/** Identities by stage name; adds new ones to `nodes`. */
function identitiesOf(spec: Spec, nodes: Map<string, Node>): Map<string, string> {
  const identities = new Map<string, string>();
  for (const stage of topologicalOrder(spec.stages)) {
    const inputs = Object.fromEntries(
      Object.entries(stage.inputs).map(([slot, names]) => [slot, names.map((name) => identities.get(name)!)]),
    );
    const { kind, name, paths, frozen, timeout, retries, resources } = stage;
    const identity = digestOfJson([
      name,
      kind.name,
      kind.code,
      stage.with,
      paths.map(({ pointer, value }) => [pointer, value]),
      inputs,
      [frozen ?? null, timeout ?? null, (retries ?? null) as Json, (resources ?? null) as Json],
    ]);
    identities.set(name, identity);
    if (!nodes.has(identity)) nodes.set(identity, { stage, inputs });
  }
  return identities;
}

/** A stage keeps its name if all variations share it; otherwise it is numbered: `model#3`. */
function nameNodes(nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, string> {
  const byName = new Map<string, string[]>();
  for (const [identity, { stage }] of nodes) {
    const list = byName.get(stage.name);
    if (list) list.push(identity);
    else byName.set(stage.name, [identity]);
  }
  const names = new Map<string, string>();
  for (const [name, identities] of byName)
    for (const [index, identity] of identities.entries())
      names.set(identity, identities.length === 1 ? name : `${name}#${index + 1}`);
  return names;
}
