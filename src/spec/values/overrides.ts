/** `--set path=value` and `--params FILE`: applied to the merged files, before anything is checked. */
import { dirname } from 'node:path';
import { nameHint } from '../../base/nearest.ts';
import { readMapping } from './bases.ts';
import { isRepeated, keysOf, merge, overOf, withEntry } from './merge.ts';
import { errorAt, type Place, type Report, type Source } from '../text/source.ts';
import {
  MAX_DEPTH,
  deepest,
  isNull,
  listNode,
  mapNode,
  scalarNode,
  type Entry,
  type MapNode,
  type Node,
} from '../text/tree.ts';
import { ENGINE_VALUES, RESERVED_STAGE_NAMES } from '../text/vocabulary.ts';
import { parseYaml } from '../text/yaml.ts';

interface Segment {
  readonly name: string;
  readonly place: Place;
}

const NO_PARAMETER = 'the spec defines no parameter';
const NAMING_HINT =
  'Write `stage.parameter`, `stage.inputs.name`, `stage.uses`, `params.name` or `engine.backend`.';
const SET_HINT = 'Write `stage.parameter=value`, `params.name=value` or `engine.backend=wasm`.';

/** Applies one `--set`. Relative paths in its value start from the folder of the spec. */
function applySet(root: MapNode, text: string, specFile: string, layer: Layer): MapNode {
  const { report } = layer;
  const source: Source = { file: '--set', directory: dirname(specFile), text };
  const whole: Place = { source, start: 0, end: text.length };
  const { segments, end } = readPath(source);
  if (
    text[end] !== '=' ||
    segments.length < 2 ||
    segments.length > MAX_DEPTH ||
    segments.some(({ name }) => name === '' || name === '__proto__')
  ) {
    report(errorAt(whole, `'${text}' is not a valid --set`, { hint: SET_HINT }));
    return root;
  }
  const parsed = parseYaml(source, report, end + 1);
  if (parsed === null) return root;
  const value = parsed ?? scalarNode(null, { source, start: end + 1, end: text.length });
  const path = rootPath(root, segments, report);
  return path ? (put(root, path, value, layer) as MapNode) : root;
}

/** A value that overrides one of the spec: a `--set`, or a path and a value from the spec's `sweep:`. */
export type Override =
  { readonly set: string } | { readonly path: string; readonly at: Place; readonly value: Node };

/** Values that are given together. Among themselves, none is older than another. */
interface Layer {
  readonly report: Report;
  /** The keys that were put so far. */
  readonly own: Set<Place>;
}

/** Applies all of them, in order, as given together. */
export function applyOverrides(
  root: MapNode,
  overrides: readonly Override[],
  specFile: string,
  report: Report,
): MapNode {
  const layer: Layer = { report, own: new Set() };
  return overrides.reduce((tree, one) => applyOverride(tree, one, specFile, layer), root);
}

function applyOverride(root: MapNode, override: Override, specFile: string, layer: Layer): MapNode {
  const { report } = layer;
  if ('set' in override) return applySet(root, override.set, specFile, layer);
  const { path: text, at, value } = override;
  const segments = pathSegments(text, at);
  if (!segments) {
    report(errorAt(at, `'${text}' is not the name of a parameter`, { hint: NAMING_HINT }));
    return root;
  }
  const path = rootPath(root, segments, report);
  return path ? (put(root, path, value, layer) as MapNode) : root;
}

/** The segments of `model.loss.margin`, all at one place; undefined if the text is not such a path. */
export function pathSegments(text: string, at: Place): readonly Segment[] | undefined {
  const { segments, end } = readPath({ ...at.source, text: `${text}=` });
  const sound = end === text.length && segments.length >= 2 && segments.length <= MAX_DEPTH;
  if (!sound || segments.some(({ name }) => name === '' || name === '__proto__')) return undefined;
  return segments.map(({ name }) => ({ name, place: at }));
}

/** `a.b[0]."c.d"` up to the equals sign. */
function readPath(source: Source): { readonly segments: readonly Segment[]; readonly end: number } {
  const { text } = source;
  const token = /"([^"]*)"|([^.=["\]]+)/y;
  const segments: Segment[] = [];
  let at = 0;
  while (at < text.length && text[at] !== '=') {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) return { segments: [], end: 0 };
    segments.push({ name: match[1] ?? match[2]!, place: { source, start: at, end: token.lastIndex } });
    at = token.lastIndex;
    if (text[at] === ']') at += 1;
    if (text[at] === '.' || text[at] === '[') at += 1;
    else if (text[at] !== '=') break;
  }
  return { segments, end: at };
}

/**
 * `model.loss.margin` → `stages.model.with.loss.margin`, and `model.inputs.triplets` → `stages.model.inputs.triplets`.
 * The stage, or the name in `params`, must exist.
 */
function rootPath(
  root: MapNode,
  [first, ...rest]: readonly Segment[],
  report: Report,
): readonly Segment[] | undefined {
  const { name, place } = first!;
  if (name === 'engine')
    return known(rest[0]!, Object.keys(ENGINE_VALUES), 'engine has no', report)
      ? [first!, ...rest]
      : undefined;
  if (name === 'params')
    return known(rest[0]!, namesOf(root, 'params'), NO_PARAMETER, report) ? [first!, ...rest] : undefined;
  const names = [...namesOf(root, 'stages'), ...RESERVED_STAGE_NAMES];
  if (!known(first!, names, 'there is no stage', report)) return undefined;
  const stage = [{ name: 'stages', place }, first!];
  return namesField(root, name, rest) ? [...stage, ...rest] : [...stage, { name: 'with', place }, ...rest];
}

/**
 * Whether the path after a stage's name begins with a field of the stage: `uses`, `inputs` or `with`. A parameter that
 * the spec gives by the same name comes first.
 */
function namesField(root: MapNode, stage: string, [first, ...rest]: readonly Segment[]): boolean {
  const { name } = first!;
  if (name === 'uses' ? rest.length > 0 : name !== 'inputs' && (name !== 'with' || rest.length === 0))
    return false;
  return !deepest(root, ['stages', stage, 'with', name]).whole;
}

function namesOf(root: MapNode, name: string): string[] {
  const value = root.entries.get(name)?.value;
  return value?.type === 'map' ? [...value.entries.keys()] : [];
}

function known({ name, place }: Segment, names: readonly string[], message: string, report: Report): boolean {
  if (names.includes(name)) return true;
  report(errorAt(place, `${message} '${name}'`, { hint: nameHint(name, names) }));
  return false;
}

/** The tree with the value at the path; missing mappings on the way are created. */
function put(node: Node | undefined, [first, ...rest]: readonly Segment[], value: Node, layer: Layer): Node {
  if (!first) return value;
  const { name, place } = first;
  if (node?.type === 'list') return putItem(node.items, node.place, first, rest, value, layer);
  if (node && node.type !== 'map' && !isNull(node) && !isReference(node)) {
    layer.report(
      errorAt(place, `'${name}' cannot be set, because its parent is not a mapping or a list`, {
        related: [{ message: 'the parent', place: node.place }],
      }),
    );
    return node;
  }
  const map = node?.type === 'map' ? node : mapNode(new Map<string, Entry>(), place);
  const old = map.entries.get(name);
  // Names on the way keep their places.
  const key = rest.length > 0 && old ? old.key : place;
  if (rest.length === 0) layer.own.add(key);
  const over =
    rest.length > 0 || isRepeated(old, value) ? old && overOf(old) : { over: keysOf(map, layer.own) };
  return withEntry(map, name, { key, value: put(old?.value, rest, value, layer), ...over });
}

function putItem(
  items: readonly Node[],
  list: Place,
  { name, place }: Segment,
  rest: readonly Segment[],
  value: Node,
  layer: Layer,
): Node {
  const index = /^\d+$/.test(name) ? Number(name) : -1;
  if (index < 0 || index > items.length) {
    layer.report(
      errorAt(place, `'${name}' is not an index of a list of ${items.length}`, {
        hint:
          items.length === 0
            ? 'Use 0 to append an item.'
            : `Use 0 to ${items.length - 1}, or ${items.length} to append an item.`,
        related: [{ message: 'the list', place: list }],
      }),
    );
    return listNode(items, list);
  }
  const changed = [...items];
  changed[index] = put(items[index], rest, value, layer);
  return listNode(changed, list);
}

function isReference(node: Node): boolean {
  return node.type === 'scalar' && typeof node.value === 'string' && /^\$\{[^}]*\}$/.test(node.value);
}

/**
 * A params file maps names of the spec's `params` to values, and may override stages and the engine:
 * `stages: {model: {dimensions: 64}}`, `engine: {backend: wasm}`.
 */
export function applyParamsFile(root: MapNode, source: Source, report: Report): MapNode {
  const file = readMapping(source, report);
  if (!file) return root;
  let result = root;
  for (const [name, entry] of file.entries) {
    if (name === 'engine') result = overlay(result, [name], entry, report);
    else if (name === 'stages') result = overlayStages(result, entry, report);
    else if (known({ name, place: entry.key }, namesOf(root, 'params'), NO_PARAMETER, report))
      result = overlay(result, ['params', name], entry, report);
  }
  return result;
}

function overlayStages(root: MapNode, { value }: Entry, report: Report): MapNode {
  if (value.type !== 'map') {
    report(errorAt(value.place, 'expected a mapping of stage names to parameters'));
    return root;
  }
  let result = root;
  for (const [stage, entry] of value.entries) {
    if (known({ name: stage, place: entry.key }, namesOf(root, 'stages'), 'there is no stage', report))
      result = overlay(result, ['stages', stage, 'with'], entry, report);
  }
  return result;
}

/** Deep-merges a value of the params file into the value at the path. */
function overlay(root: MapNode, path: readonly string[], { key, value }: Entry, report: Report): MapNode {
  const { node, whole } = deepest(root, path);
  const merged = whole && node.type === 'map' && value.type === 'map' ? merge(node, value) : value;
  const segments = path.map((name) => ({ name, place: key }));
  return put(root, segments, merged, { report, own: new Set() }) as MapNode;
}
