/** A spec file and the base specs that it extends, merged into one tree. */
import { resolve } from 'node:path';
import { makeInterpolator } from './interpolate.ts';
import { merge } from './merge.ts';
import { readSource } from '../text/read.ts';
import { errorAt, type Place, type Report, type Source } from '../text/source.ts';
import {
  describe,
  isNull,
  mapNode,
  toJson,
  type Entry,
  type MapNode,
  type Node,
  type ScalarNode,
} from '../text/tree.ts';
import { parseYaml } from '../text/yaml.ts';

export interface Reader {
  readonly report: Report;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Environment variables that were looked up. */
  readonly used: Map<string, string | undefined>;
  /** Every file that was read, by absolute path. */
  readonly sources: Map<string, Source>;
}

/** A file being read, and where another file asks for it. */
interface Link {
  readonly file: string;
  readonly at: Place | undefined;
}

const EXTENDS = ['extends', 'include'] as const;
/** Not inherited, because an experiment is named after its own file. */
const NOT_INHERITED = ['name', 'description'];

export function readMerged(file: string, reader: Reader): MapNode | undefined {
  return readChain([{ file, at: undefined }], reader);
}

function readChain(chain: readonly Link[], reader: Reader): MapNode | undefined {
  const { file, at } = chain.at(-1)!;
  const read = readSource(file, at);
  if (!read.ok) {
    reader.report(read.error);
    return undefined;
  }
  reader.sources.set(file, read.value);
  const root = readMapping(read.value, reader.report);
  if (!root) return undefined;
  const bases = baseFiles(root, reader).map((base) => base && readBase(base, chain, reader));
  if (bases.includes(undefined)) return undefined;
  const own = without(root, EXTENDS);
  return [...(bases as MapNode[]).map((base) => without(base, NOT_INHERITED)), own].reduce(merge);
}

/** The mapping at the root of a YAML file; anything else there is reported. */
export function readMapping(source: Source, report: Report): MapNode | undefined {
  const root = parseYaml(source, report);
  if (root === null) return undefined;
  if (root?.type === 'map') return root;
  const start: Place = { source, start: 0, end: 1 };
  if (root === undefined || isNull(root)) {
    const what = source.text.trim() === '' ? 'the file is empty' : 'the file has only comments';
    report(errorAt(start, what, { hint: 'A spec needs `stages:`. Run `pipeline init` for a starter spec.' }));
  } else if (root.type === 'list' || !root.failed) {
    const value = root.type === 'list' ? toJson(root) : root.value;
    report(errorAt(root.place, `expected a mapping of names to values, got ${describe(value)}`));
  }
  return undefined;
}

function readBase(base: ScalarNode, chain: readonly Link[], reader: Reader): MapNode | undefined {
  const file = resolve(base.place.source.directory, base.value as string);
  const again = chain.findIndex((link) => link.file === file);
  if (again === -1) return readChain([...chain, { file, at: base.place }], reader);
  const cycle = chain.slice(again);
  const names = [...cycle.map((link) => link.file), file].map((path) => shown(path, chain[0]!.file));
  reader.report(
    errorAt(base.place, `the base specs form a cycle: ${names.join(' → ')}`, {
      related: cycle.flatMap(({ at }) => (at ? [{ message: 'extended here', place: at }] : [])),
    }),
  );
  return undefined;
}

function shown(path: string, main: string): string {
  const folder = resolve(main, '..');
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** The base files of a spec, in merge order; undefined for an entry that is not a file name. */
function baseFiles(root: MapNode, { report, env, used }: Reader): (ScalarNode | undefined)[] {
  const given = EXTENDS.flatMap((name) => root.entries.get(name) ?? []);
  if (given.length > 1)
    report(
      errorAt(given[1]!.key, '`extends` and `include` mean the same; give only one of them', {
        related: [{ message: 'already given here', place: given[0]!.key }],
      }),
    );
  if (given.length === 0 || isNull(given[0]!.value)) return [];
  // Parameters may come from a base, so only environment variables are known yet.
  const value = makeInterpolator({ params: undefined, env, report, used, usedParams: new Set() })(
    given[0]!.value,
  );
  const files = value.type === 'list' ? value.items : [value];
  return files.map((item) => (isFileName(item, report) ? item : undefined));
}

function isFileName(node: Node, report: Report): node is ScalarNode {
  if (node.type === 'scalar' && node.failed) return false;
  const value = toJson(node);
  if (typeof value === 'string' && value !== '') return true;
  report(errorAt(node.place, `expected the path of a base spec, got ${describe(value)}`));
  return false;
}

function without(map: MapNode, names: readonly string[]): MapNode {
  return mapNode(
    new Map<string, Entry>([...map.entries].filter(([name]) => !names.includes(name))),
    map.place,
  );
}
