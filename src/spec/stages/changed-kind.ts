/**
 * Where `uses` was changed from outside (`--set`, a sweep, `extends`): the inputs and parameters that the stage had for
 * its old kind and the new kind does not have are dropped with a warning. What was given together with the new kind is
 * left to the checks of inputs and parameters.
 */
import { isObject } from '../../base/json.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import { mapNode, type MapNode, type Node } from '../text/tree.ts';
import type { KnownStage } from './inputs.ts';

export function withoutOldKind(stage: KnownStage, report: Report): KnownStage {
  const { raw, kind } = stage;
  if (!raw.usesOver) return stage;
  const { inputs, parameters } = kind.declaration;
  const slots = '*' in inputs ? undefined : Object.keys(inputs);
  const dropping = { over: raw.usesOver, report, stage };
  return {
    kind,
    raw: {
      ...raw,
      inputs: kept(raw.inputs, slots, 'input', dropping),
      with: kept(raw.with, namesIn(parameters), 'parameter', dropping) as MapNode,
    },
  };
}

interface Dropping {
  readonly over: ReadonlySet<Place>;
  readonly report: Report;
  readonly stage: KnownStage;
}

/** `known` is undefined if the kind accepts any name. */
function kept(
  node: Node,
  known: readonly string[] | undefined,
  what: 'input' | 'parameter',
  { over, report, stage: { raw } }: Dropping,
): Node {
  if (node.type !== 'map' || known === undefined) return node;
  const old = [...node.entries].filter(([name, { key }]) => over.has(key) && !known.includes(name));
  if (old.length === 0) return node;
  const names = old.map(([name]) => `'${name}'`).join(', ');
  report({
    ...errorAt(
      raw.uses.place,
      `${names} of '${raw.name}' dropped: uses is now '${raw.uses.value as string}', which has no such ${what}`,
      { related: old.map(([, { key }]) => ({ message: 'dropped', place: key })) },
    ),
    severity: 'warning',
  });
  const dropped = new Set(old.map(([name]) => name));
  return mapNode(new Map([...node.entries].filter(([name]) => !dropped.has(name))), node.place);
}

/** The names of all parameters, in any variant; undefined if the kind takes others too. */
function namesIn(schema: unknown): readonly string[] | undefined {
  if (!isObject(schema)) return undefined;
  const { oneOf } = schema;
  if (Array.isArray(oneOf)) {
    const branches = oneOf.map(namesIn);
    return branches.includes(undefined) ? undefined : branches.flatMap((names) => names!);
  }
  const { properties } = schema;
  return schema['additionalProperties'] === false && isObject(properties)
    ? Object.keys(properties)
    : undefined;
}
