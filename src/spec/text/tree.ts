/** Values that know where they were written. Immutable; subtrees may be shared. */
import type { Json, JsonObject } from '../../base/json.ts';
import type { Place, Source } from './source.ts';

export type Scalar = string | number | boolean | null;

interface Common {
  readonly place: Place;
  /** Number of nodes in the tree below, with shared subtrees expanded. */
  readonly weight: number;
  /** Nesting depth of mappings and lists, this one included; 0 for a scalar. */
  readonly depth: number;
  /** Where the value itself was written, if `place` only refers to it (an alias, `${params.x}`). */
  readonly via?: Place;
}

export interface ScalarNode extends Common {
  readonly type: 'scalar';
  readonly value: Scalar;
  /** The source of its first characters, if it is not that of `place`: relative paths start from its folder. */
  readonly origin?: Source;
  /** The whole value comes from an environment variable, which can only hold a string. */
  readonly fromEnvironment?: true;
  /** Contains a `${matrix.…}`, which is unknown until the stage's instances are known. */
  readonly deferred?: true;
  /** Its problem is already reported; further ones would only be consequences. */
  readonly failed?: true;
}

export interface Entry {
  readonly key: Place;
  readonly value: Node;
  /** For a value that was given from outside or over a base: the keys next to it that were there before. */
  readonly over?: ReadonlySet<Place>;
}

export interface MapNode extends Common {
  readonly type: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface ListNode extends Common {
  readonly type: 'list';
  readonly items: readonly Node[];
}

export type Node = ScalarNode | MapNode | ListNode;

export function scalarNode(value: Scalar, place: Place): ScalarNode {
  return { type: 'scalar', value, place, weight: 1, depth: 0 };
}

/** Stands for a value whose problem is already reported. */
export function failedAt(place: Place): ScalarNode {
  return { ...scalarNode(null, place), failed: true };
}

export function mapNode(entries: ReadonlyMap<string, Entry>, place: Place): MapNode {
  let weight = 1;
  let depth = 0;
  for (const { value } of entries.values()) {
    weight += value.weight;
    depth = Math.max(depth, value.depth);
  }
  return { type: 'map', entries, place, weight, depth: depth + 1 };
}

export function listNode(items: readonly Node[], place: Place): ListNode {
  let weight = 1;
  let depth = 0;
  for (const item of items) {
    weight += item.weight;
    depth = Math.max(depth, item.depth);
  }
  return { type: 'list', items, place, weight, depth: depth + 1 };
}

/** Limit for the expansion of aliases and references; a real spec has a few thousand values. */
const MAX_WEIGHT = 200_000;
/** Keeps recursion over values well within the stack. */
export const MAX_DEPTH = 100;

/** Why a value is too large, or undefined. `means` is what expanded it: `aliases` or `references`. */
export function excess({ weight, depth }: Node, means: string): string | undefined {
  if (weight > MAX_WEIGHT) return `has more than ${MAX_WEIGHT} values after expanding its ${means}`;
  return depth > MAX_DEPTH ? `nested more than ${MAX_DEPTH} levels deep` : undefined;
}

export function isNull(node: Node | undefined): boolean {
  return node?.type === 'scalar' && node.value === null && !node.failed;
}

/** The source in which the value itself was written: relative paths start from its folder. */
export function sourceOf(node: Node): Source {
  return (node.type === 'scalar' ? node.origin : undefined) ?? node.via?.source ?? node.place.source;
}

export function toJson(node: Node): Json {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'list') return node.items.map(toJson);
  return mapToJson(node);
}

export function mapToJson(node: MapNode): JsonObject {
  return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, toJson(value)]));
}

export function childOf(node: Node, segment: string): Node | undefined {
  if (node.type === 'map') return node.entries.get(segment)?.value;
  return node.type === 'list' ? node.items[Number(segment)] : undefined;
}

/** The node at a path, or its deepest ancestor that was written (the rest comes from defaults). */
export function deepest(
  node: Node,
  segments: readonly string[],
): { readonly node: Node; readonly whole: boolean } {
  let current = node;
  for (const segment of segments) {
    const next = childOf(current, segment);
    if (!next) return { node: current, whole: false };
    current = next;
  }
  return { node: current, whole: true };
}

/** `the string 'abc'`, `the number 3`, `a list of 2`: for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty string' : `the string '${shorten(value)}'`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : 'a mapping';
}

function shorten(text: string): string {
  const line = text.split('\n', 1)[0]!;
  if (line.length > 60) return `${line.slice(0, 59)}…`;
  return line === text ? text : `${line}…`;
}
