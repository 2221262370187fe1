/** `matrix:` of a stage → assignments of its variables, one per instance. */
import { canonicalJson, isObject } from '../../base/json.ts';
import { digestOf } from '../../base/hash.ts';
import { nameHint } from '../../base/nearest.ts';
import { isFailed } from '../text/names.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import { describe, isNull, toJson, type Entry, type MapNode, type Node } from '../text/tree.ts';

export interface MatrixValue {
  /** As it appears in the instance's name. */
  readonly label: string;
  /** Equal for equal values, whatever their labels. */
  readonly identity: string;
  readonly node: Node;
}

/** Variable → value, in the order of the file. */
export type Assignment = ReadonlyMap<string, MatrixValue>;

export interface Matrix {
  readonly key: Place;
  readonly assignments: readonly Assignment[];
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Strings that need no quotes inside the brackets of a name. */
const PLAIN = /^[^\s[\],="*?]+$/;
export const MOST_INSTANCES = 100_000;

/** Undefined if there is no matrix, or an invalid one, which is reported. */
export function readMatrix(entry: Entry | undefined, report: Report): Matrix | undefined {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return undefined;
  const { key, value } = entry;
  if (value.type !== 'map') {
    const hint = 'Example: `matrix: {margin: [0.1, 0.2], seed: [1, 2, 3]}`.';
    report(errorAt(value.place, `\`matrix\` must be a mapping, got ${describe(toJson(value))}`, { hint }));
    return undefined;
  }
  const axes = new Map<string, readonly MatrixValue[]>();
  for (const [name, axis] of value.entries)
    if (name !== 'include' && name !== 'exclude') axes.set(name, readAxis(name, axis, report));
  const size = [...axes.values()].reduce((product, values) => product * values.length, 1);
  if (size > MOST_INSTANCES) {
    report(errorAt(key, `the matrix has ${size} instances; at most ${MOST_INSTANCES} are allowed`));
    return undefined;
  }
  const excluded = readRows(value, 'exclude', axes, report, false);
  const included = readRows(value, 'include', axes, report, true);
  const grid = axes.size === 0 ? [] : product(axes);
  const kept = grid.filter((row) => !excluded.some((pattern) => meets(row, pattern)));
  const assignments = distinct([...kept, ...included]);
  if (assignments.length > 0) return { key, assignments };
  if (axes.size === 0 || [...axes.values()].every((values) => values.length > 0))
    report(errorAt(key, 'the matrix has no instances', { hint: 'Give each variable a list of values.' }));
  return undefined;
}

function readAxis(name: string, { key, value }: Entry, report: Report): readonly MatrixValue[] {
  if (!VARIABLE.test(name)) {
    const hint = 'A name has letters, digits and _, and begins with a letter or _.';
    report(errorAt(key, `'${name}' is not a valid name of a matrix variable`, { hint }));
    return [];
  }
  if (isFailed(value)) return [];
  const values =
    value.type === 'map'
      ? [...value.entries].map(([label, entry]) => valueOf(entry.value, label))
      : value.type === 'list'
        ? value.items.filter((item) => !isFailed(item)).map((item) => valueOf(item))
        : undefined;
  if (!values || values.length === 0) {
    report(
      errorAt(
        value.place,
        `the matrix variable '${name}' must be a list of values, got ${describe(toJson(value))}`,
        {
          hint: `Example: \`${name}: [1, 2, 3]\`. A mapping from names to values is allowed too.`,
        },
      ),
    );
    return [];
  }
  return [...new Map(values.map((one) => [one.identity, one])).values()];
}

function valueOf(node: Node, label?: string): MatrixValue {
  const value = toJson(node);
  const identity = canonicalJson(value);
  return { node, identity, label: label === undefined ? labelOf(value, identity) : quoted(label) };
}

function labelOf(value: unknown, identity: string): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return String(value);
  const name = isObject(value) ? value['name'] : undefined;
  return typeof name === 'string' ? quoted(name) : digestOf(identity).slice(0, 8);
}

function quoted(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text);
}

/** Reads `include` or `exclude`: a list of mappings from variables to values. */
function readRows(
  matrix: MapNode,
  name: 'include' | 'exclude',
  axes: ReadonlyMap<string, readonly MatrixValue[]>,
  report: Report,
  whole: boolean,
): Assignment[] {
  const node = matrix.entries.get(name)?.value;
  if (!node || isNull(node) || isFailed(node)) return [];
  const items = node.type === 'list' ? node.items : [node];
  const rows: Assignment[] = [];
  // If a matrix has only `include`, its first row defines the variables.
  let names = [...axes.keys()];
  for (const item of items) {
    if (item.type !== 'map') {
      const got = describe(toJson(item));
      report(
        errorAt(item.place, `\`${name}\` must be a list of mappings from variables to values, got ${got}`),
      );
      continue;
    }
    if (names.length === 0 && whole) names = [...item.entries.keys()];
    const row = readRow(item, names, name, report);
    const missing = whole ? names.filter((variable) => !item.entries.has(variable)) : [];
    if (missing.length > 0)
      report(errorAt(item.place, `\`include\` must give every variable; missing: ${missing.join(', ')}`));
    else if (row) rows.push(inOrder(row, axes, names));
  }
  return rows;
}

function readRow(
  item: MapNode,
  names: readonly string[],
  owner: string,
  report: Report,
): Map<string, MatrixValue> | undefined {
  const row = new Map<string, MatrixValue>();
  for (const [variable, { key, value }] of item.entries) {
    if (!names.includes(variable)) {
      const hint = nameHint(variable, names);
      report(errorAt(key, `\`${owner}\`: the matrix has no variable '${variable}'`, { hint }));
      return undefined;
    }
    if (isFailed(value)) return undefined;
    row.set(variable, valueOf(value));
  }
  return row;
}

/** In the order of the variables. A value that is on an axis is replaced by the axis's, which has its label. */
function inOrder(
  row: ReadonlyMap<string, MatrixValue>,
  axes: ReadonlyMap<string, readonly MatrixValue[]>,
  names: readonly string[],
): Assignment {
  return new Map(
    names
      .filter((name) => row.has(name))
      .map((name) => {
        const value = row.get(name)!;
        const axis = axes
          .get(name)
          ?.find((one) => one.identity === value.identity || one.label === value.label);
        return [name, axis ?? value];
      }),
  );
}

function product(axes: ReadonlyMap<string, readonly MatrixValue[]>): Assignment[] {
  let rows: Assignment[] = [new Map<string, MatrixValue>()];
  for (const [name, values] of axes)
    rows = rows.flatMap((row) => values.map((value) => new Map([...row, [name, value] as const])));
  return rows;
}

function meets(row: Assignment, pattern: Assignment): boolean {
  return [...pattern].every(([name, { identity }]) => row.get(name)?.identity === identity);
}

function distinct(rows: readonly Assignment[]): Assignment[] {
  const identity = (row: Assignment): string =>
    canonicalJson([...row].map(([name, value]) => [name, value.identity]));
  return [...new Map(rows.map((row) => [identity(row), row])).values()];
}
