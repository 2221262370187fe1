/** What was written, as values that know where they were written. Immutable; parts may be shared. */
import type { Json, JsonObject } from '../../base/json.ts';
import type { Place, Source } from './source.ts';

export type Scalar = string | number | boolean | null;

interface Common {
  readonly place: Place;
  /** How many nodes this one stands for when everything that is shared is written out. */
  readonly weight: number;
  /** How many mappings and lists lie in one another, its own included: none for a single value. */
  readonly depth: number;
  /** Where the value itself was written, when `place` only refers to it (an alias, `${params.x}`). */
  readonly via?: Place;
}

export interface ScalarNode extends Common {
  readonly type: 'scalar';
  readonly value: Scalar;
  /** The source of its first characters, when not that of `place`: what a relative path starts from. */
  readonly origin?: Source;
  /** All of it came from an environment variable, which knows no types but text. */
  readonly fromEnvironment?: true;
  /** Holds a `${matrix.…}`, which is not known before the stage's instances are. */
  readonly deferred?: true;
  /** Its problem is reported already; any other would only follow from it. */
  readonly failed?: true;
}

export interface Entry {
  readonly key: Place;
  readonly value: Node;
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

/** Stands for a value whose problem is reported already. */
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

/** What aliases and references may write out to; an honest spec has a few thousand values. */
const MAX_WEIGHT = 200_000;
/** Keeps every recursion over values far from the end of the stack. */
export const MAX_DEPTH = 100;

/** Why a value is refused for its size, or nothing. `means` is what made it so large: `aliases`. */
export function excess({ weight, depth }: Node, means: string): string | undefined {
  if (weight > MAX_WEIGHT) return `holds more than ${MAX_WEIGHT} values with its ${means} written out`;
  return depth > MAX_DEPTH ? `nested more than ${MAX_DEPTH} levels deep` : undefined;
}

export function isNull(node: Node | undefined): boolean {
  return node?.type === 'scalar' && node.value === null && !node.failed;
}

/** Where the value itself was written: relative paths start from its folder. */
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

/** The names or indices of a JSON pointer (RFC 6901). */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function childOf(node: Node, segment: string): Node | undefined {
  if (node.type === 'map') return node.entries.get(segment)?.value;
  return node.type === 'list' ? node.items[Number(segment)] : undefined;
}

/** The node at a path, or the deepest one above it that was written (the rest came from defaults). */
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

/** `the text 'abc'`, `the number 3`, `a list of 2`: for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text '${shorten(value)}'`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : 'a mapping';
}

function shorten(text: string): string {
  const line = text.split('\n', 1)[0]!;
  if (line.length > 60) return `${line.slice(0, 59)}…`;
  return line === text ? text : `${line}…`;
}
