/** Strings with `${matrix.…}`: their interpolation is deferred until the instance of the stage is known. */
import { makeInterpolator } from './interpolate.ts';
import type { Assignment } from '../stages/matrix.ts';
import type { References } from './parameter-references.ts';
import { errorAt, type Report } from '../text/source.ts';
import { failedAt, listNode, mapNode, type Entry, type MapNode, type Node } from '../text/tree.ts';

/** Reports and replaces them everywhere except under a stage's `with`, the only place where they are allowed. */
export function refuseDeferred(root: MapNode, report: Report): MapNode {
  const refuse = (node: Node): Node => {
    report(
      errorAt(node.place, '${matrix.…} is only allowed under `with` of a stage', {
        hint: 'Instances with equal values of a matrix variable are connected automatically.',
      }),
    );
    return failedAt(node.place);
  };
  const inStage = (name: string, node: Node): Node => (name === 'with' ? node : mapDeferred(node, refuse));
  return mapEntries(root, (name, node) => {
    if (name.startsWith('x-')) return node;
    if (name !== 'stages' || node.type !== 'map') return mapDeferred(node, refuse);
    return mapEntries(node, (_, stage) =>
      stage.type === 'map' ? mapEntries(stage, inStage) : mapDeferred(stage, refuse),
    );
  });
}

/** A stage's `with` for one of its instances; the same node if it contains nothing deferred. */
export function fillIn(
  parameters: MapNode,
  values: Assignment,
  scope: Omit<References, 'resolve' | 'pending' | 'matrix'>,
): MapNode {
  const matrix = new Map([...values].map(([name, { node }]) => [name, node]));
  return mapDeferred(parameters, makeInterpolator({ ...scope, matrix })) as MapNode;
}

function mapDeferred(node: Node, replace: (node: Node) => Node): Node {
  if (!holdsDeferred(node)) return node;
  if (node.type === 'scalar') return replace(node);
  if (node.type === 'map') return mapEntries(node, (_, value) => mapDeferred(value, replace));
  return listNode(
    node.items.map((item) => mapDeferred(item, replace)),
    node.place,
  );
}

const known = new WeakMap<Node, boolean>();

/** Memoised by node, because all instances of a large matrix ask for the same nodes. */
export function holdsDeferred(node: Node): boolean {
  if (node.type === 'scalar') return node.deferred === true;
  let holds = known.get(node);
  if (holds === undefined) {
    const children = node.type === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
    known.set(node, (holds = children.some(holdsDeferred)));
  }
  return holds;
}

function mapEntries(map: MapNode, change: (name: string, node: Node) => Node): MapNode {
  let changed = false;
  const entries = new Map<string, Entry>();
  for (const [name, entry] of map.entries) {
    const value = change(name, entry.value);
    changed ||= value !== entry.value;
    entries.set(name, { ...entry, value });
  }
  return changed ? mapNode(entries, map.place) : map;
}
