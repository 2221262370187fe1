/** YAML 1.2 text → a tree with locations. Reading continues after an error wherever the rest is still readable. */
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Alias, Document, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { nearest } from '../../base/nearest.ts';
import { errorAt, type Place, type Report, type Source } from './source.ts';
import {
  excess,
  MAX_DEPTH,
  listNode,
  mapNode,
  scalarNode,
  describe,
  failedAt,
  type Entry,
  type MapNode,
  type Node,
} from './tree.ts';
import { explainYaml } from './yaml-faults.ts';

interface Reading {
  readonly source: Source;
  /** Offset of the YAML inside the source's text. */
  readonly from: number;
  readonly report: Report;
  /** By name: the node of an anchor; undefined while its own content is being read. */
  readonly anchors: Map<string, { readonly node: Node | undefined }>;
  depth: number;
}

/** The root value; undefined for an empty document; null for invalid YAML, which is reported. */
export function parseYaml(source: Source, report: Report, from = 0): Node | undefined | null {
  const document = parseText(source, report, from);
  if (!document) return null;
  if (document.contents === null) return undefined;
  const reading: Reading = { source, from, report, anchors: new Map(), depth: 0 };
  return read(reading, document.contents);
}

function parseText(source: Source, report: Report, from: number): Document.Parsed | undefined {
  const at = (start: number, end: number): Place => ({ source, start: from + start, end: from + end });
  let document: Document.Parsed;
  try {
    document = parseDocument(source.text.slice(from), {
      prettyErrors: false,
      // Our own check reports both places, and is not quadratic for large mappings.
      uniqueKeys: false,
      intAsBigInt: true,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(errorAt(at(0, 1), 'nested too deeply to be read'));
    return undefined;
  }
  const version = document.directives.yaml;
  if (version.explicit && version.version !== '1.2') {
    report(
      errorAt(at(0, source.text.length), `YAML ${version.version} is not supported; a spec must be YAML 1.2`),
    );
    return undefined;
  }
  const lines = new Set<number | undefined>();
  const faults = [...document.errors, ...document.warnings];
  for (const fault of faults) {
    // An editor that indents with tabs does so on every line.
    if (fault.code === 'TAB_AS_INDENT' && lines.size > 0) continue;
    // A bracket that closes nothing follows from what came before.
    if (fault.message.startsWith('Unexpected flow-') && lines.size > 0) continue;
    const diagnostic = explainYaml(fault, at(...fault.pos));
    // One mistake often causes several errors on the same line, and the first names it best.
    if (lines.has(diagnostic.location?.line)) continue;
    lines.add(diagnostic.location?.line);
    report(diagnostic);
  }
  return lines.size > 0 ? undefined : document;
}

function placeOf(
  reading: Reading,
  node: { readonly range?: readonly [number, number, number] | null | undefined },
): Place {
  const [start, end] = node.range ?? [0, 0];
  return { source: reading.source, start: reading.from + start, end: reading.from + end };
}

function read(reading: Reading, yaml: unknown): Node {
  if (isAlias(yaml)) return readAlias(reading, yaml);
  if (!isScalar(yaml) && !isMap(yaml) && !isSeq(yaml)) throw new Error('a YAML node of no known type');
  const anchor = yaml.anchor;
  if (anchor !== undefined) reading.anchors.set(anchor, { node: undefined });
  const node = readPlain(reading, yaml);
  if (anchor !== undefined) reading.anchors.set(anchor, { node });
  return node;
}

function readPlain(reading: Reading, yaml: Scalar | YAMLMap | YAMLSeq): Node {
  const place = placeOf(reading, yaml);
  if (isScalar(yaml)) return readScalar(reading, yaml, place);
  if (reading.depth >= MAX_DEPTH) {
    reading.report(errorAt(place, `nested more than ${MAX_DEPTH} levels deep`));
    return failedAt(place);
  }
  reading.depth += 1;
  const node = isSeq(yaml)
    ? listNode(
        yaml.items.map((item) => read(reading, item)),
        place,
      )
    : readMap(reading, yaml, place);
  reading.depth -= 1;
  const fault = excess(node, 'aliases');
  if (fault === undefined) return node;
  reading.report(errorAt(place, fault));
  return failedAt(place);
}

function readScalar({ report }: Reading, yaml: Scalar, place: Place): Node {
  const { value, source: written = '' } = yaml;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return scalarNode(number, place);
    report(
      errorAt(place, `the integer ${written} is too large to be exact (beyond 9007199254740991)`, {
        hint: `Write '${written}' in quotes if it is meant as a string.`,
      }),
    );
    return failedAt(place);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const message = /^[-+]?\.(inf|nan)$/i.test(written)
      ? `${written} is not allowed as a value`
      : `the number ${written} is too large for a 64-bit float`;
    report(errorAt(place, message));
    return failedAt(place);
  }
  if (typeof value === 'number') return scalarNode(value === 0 ? 0 : value, place);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null)
    return scalarNode(value, place);
  report(errorAt(place, 'the value has a type that JSON does not support'));
  return failedAt(place);
}

function readAlias(reading: Reading, alias: Alias): Node {
  const place = placeOf(reading, alias);
  const anchor = reading.anchors.get(alias.source);
  if (!anchor) {
    const close = nearest(alias.source, [...reading.anchors.keys()]);
    const pattern = `Write '*${alias.source}' in quotes if it is a pattern.`;
    const hint = /[./*?]/.test(alias.source)
      ? pattern
      : close === undefined
        ? 'Define an anchor before its aliases.'
        : `Did you mean '*${close}'?`;
    reading.report(errorAt(place, `there is no anchor &${alias.source} above`, { hint }));
    return failedAt(place);
  }
  if (!anchor.node) {
    reading.report(errorAt(place, `the anchor &${alias.source} contains itself`));
    return failedAt(place);
  }
  return { ...anchor.node, place, via: anchor.node.via ?? anchor.node.place };
}

function readMap(reading: Reading, yaml: YAMLMap, place: Place): Node {
  const entries = new Map<string, Entry>();
  const merged: MapNode[] = [];
  for (const pair of yaml.items) {
    if (!isPair(pair)) throw new Error('a mapping without pairs');
    const key = keyOf(reading, pair.key, place);
    const value = pair.value === null ? scalarNode(null, key.place) : read(reading, pair.value);
    if (key.name === undefined) continue;
    if (key.merge) merged.push(...mergeSources(reading, value));
    else if (entries.has(key.name)) {
      const first = { message: 'first defined here', place: entries.get(key.name)!.key };
      reading.report(errorAt(key.place, `'${key.name}' is defined twice`, { related: [first] }));
    } else entries.set(key.name, { key: key.place, value });
  }
  for (const source of merged)
    for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
  return mapNode(entries, place);
}

interface Key {
  /** Undefined for an invalid key, which is reported. */
  readonly name: string | undefined;
  readonly place: Place;
  readonly merge: boolean;
}

function keyOf(reading: Reading, key: unknown, map: Place): Key {
  const node = isAlias(key) ? readAlias(reading, key) : undefined;
  const value = node
    ? node.type === 'scalar'
      ? node.value
      : undefined
    : isScalar(key)
      ? key.value
      : undefined;
  const place = node?.place ?? (isScalar(key) || isMap(key) || isSeq(key) ? placeOf(reading, key) : map);
  const unusable = (message: string, hint?: string): Key => {
    reading.report(errorAt(place, message, { hint }));
    return { name: undefined, place, merge: false };
  };
  if (typeof value === 'string') {
    if (isScalar(key) && key.anchor !== undefined)
      reading.anchors.set(key.anchor, { node: scalarNode(value, place) });
    if (value === '__proto__') return unusable("'__proto__' is not allowed as a name");
    return { name: value, place, merge: value === '<<' && isScalar(key) && key.type === 'PLAIN' };
  }
  if (node?.type === 'scalar' && node.failed) return { name: undefined, place, merge: false };
  if (value === null) return unusable('a name is missing before the colon');
  if (value === undefined) return unusable('a name must be a string, not a mapping or a list');
  const written = isScalar(key) && key.source !== undefined ? key.source : describe(value);
  return unusable(`the name ${written} is not a string`, `Write '${written}' in quotes.`);
}

function mergeSources({ report }: Reading, value: Node): readonly MapNode[] {
  const sources = value.type === 'list' ? value.items : [value];
  return sources.filter((source): source is MapNode => {
    if (source.type === 'map') return true;
    if (source.type !== 'scalar' || !source.failed)
      report(
        errorAt(source.place, '<< must be a mapping or a list of mappings', {
          hint: 'Example: `<<: *anchor`.',
        }),
      );
    return false;
  });
}
