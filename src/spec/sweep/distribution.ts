/** Distributions of a random search, such as `{log_uniform: [0.0001, 0.01]}`: how they are read and sampled. */
import { canonicalJson, type Json } from '../../base/json.ts';
import { didYouMean } from '../../base/nearest.ts';
import { exp, log } from '../../base/math.ts';
import type { Random } from '../../base/random.ts';
import { isFailed } from '../text/names.ts';
import { errorAt, type Report } from '../text/source.ts';
import { describe, isNull, scalarNode, toJson, type MapNode, type Node } from '../text/tree.ts';
import { alternatives } from '../text/vocabulary.ts';

export type Distribution = {
  /** Parameter → value: drawn only if these other parameters of the space have these values. */
  readonly when: Readonly<Record<string, Json>>;
} & (
  | {
      readonly type: RangeType;
      readonly from: number;
      readonly to: number;
      readonly step?: number;
      readonly node: Node;
    }
  | { readonly type: 'choice'; readonly choices: readonly Node[] }
);

type RangeType = 'uniform' | 'log_uniform' | 'int' | 'log_int';

const RANGES: readonly RangeType[] = ['uniform', 'log_uniform', 'int', 'log_int'];
const TYPES = [...RANGES, 'choice'];

export function readDistribution(node: Node, report: Report): Distribution | undefined {
  if (isFailed(node)) return undefined;
  const hint =
    'Examples: `{uniform: [0, 1]}`, `{log_uniform: [0.0001, 0.01]}`, `{int: [1, 9]}`, `{choice: [a, b]}`.';
  if (node.type === 'list') return readChoice(node, {}, report);
  const given = node.type === 'map' ? TYPES.filter((name) => node.entries.has(name)) : [];
  if (node.type !== 'map' || given.length !== 1) {
    report(
      errorAt(
        node.place,
        `a distribution must be one of ${alternatives(TYPES)}, got ${describe(toJson(node))}`,
        { hint: (node.type === 'map' ? meantType(node) : undefined) ?? hint },
      ),
    );
    return undefined;
  }
  for (const [name, { key }] of node.entries)
    if (![...TYPES, 'when', 'step'].includes(name))
      report(errorAt(key, `unknown name '${name}' in a distribution`, { hint }));
  const [type] = given;
  const { value } = node.entries.get(type!)!;
  const when = readWhen(node, report);
  return type === 'choice'
    ? readChoice(value, when, report)
    : readRange(type as RangeType, value, node, when, report);
}

/** For a misspelt type, such as `log_unifrom`. */
function meantType({ entries }: MapNode): string | undefined {
  return [...entries.keys()].map((name) => didYouMean(name, TYPES)).find((hint) => hint !== undefined);
}

function readChoice(node: Node, when: Distribution['when'], report: Report): Distribution | undefined {
  if (node.type === 'list' && node.items.length > 0) return { type: 'choice', when, choices: node.items };
  report(errorAt(node.place, `\`choice\` must be a list of values, got ${describe(toJson(node))}`));
  return undefined;
}

function readRange(
  type: RangeType,
  node: Node,
  map: MapNode,
  when: Distribution['when'],
  report: Report,
): Distribution | undefined {
  const value = toJson(node);
  const [from, to] = (Array.isArray(value) ? value : []) as Json[];
  const numbers =
    Array.isArray(value) && value.length === 2 && typeof from === 'number' && typeof to === 'number';
  if (!numbers || from > to) {
    const got = numbers ? `${from} and ${to}` : describe(value);
    report(errorAt(node.place, `\`${type}\` must be two numbers, the smaller first, got ${got}`));
    return undefined;
  }
  if (type.startsWith('log') && from <= 0) {
    report(errorAt(node.place, `\`${type}\` must be two numbers above zero, got ${from}`));
    return undefined;
  }
  if (type.endsWith('int') && !(Number.isInteger(from) && Number.isInteger(to))) {
    report(errorAt(node.place, `\`${type}\` must be two integers, got ${from} and ${to}`));
    return undefined;
  }
  const step = map.entries.get('step');
  const stride = step ? toJson(step.value) : undefined;
  if (step && !(typeof stride === 'number' && stride > 0)) {
    report(errorAt(step.value.place, `\`step\` must be a number above zero, got ${describe(stride)}`));
    return undefined;
  }
  return { type, when, from, to, node, ...(typeof stride === 'number' ? { step: stride } : {}) };
}

function readWhen(map: MapNode, report: Report): Distribution['when'] {
  const when = map.entries.get('when')?.value;
  if (!when || isNull(when)) return {};
  if (when.type === 'map') return toJson(when) as Distribution['when'];
  report(
    errorAt(
      when.place,
      `\`when\` must be a mapping from parameters to values, got ${describe(toJson(when))}`,
    ),
  );
  return {};
}

/** Whether a parameter is drawn, given the values drawn before it. */
export function applies({ when }: Distribution, drawn: ReadonlyMap<string, Json>): boolean {
  return Object.entries(when).every(
    ([path, value]) => drawn.has(path) && [value].flat().some((one) => same(one, drawn.get(path)!)),
  );
}

function same(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

export function draw(distribution: Distribution, random: Random): Node {
  if (distribution.type === 'choice')
    return distribution.choices[random.integer(distribution.choices.length)]!;
  return scalarNode(drawNumber(distribution, random), distribution.node.place);
}

function drawNumber(
  { type, from, to, step }: Exclude<Distribution, { type: 'choice' }>,
  random: Random,
): number {
  const onGrid = (value: number): number =>
    step === undefined ? value : Math.min(to, from + Math.round((value - from) / step) * step);
  const within = (value: number): number => Math.min(to, Math.max(from, value));
  switch (type) {
    case 'int':
      return step === undefined
        ? from + random.integer(to - from + 1)
        : from + random.integer(Math.floor((to - from) / step) + 1) * step;
    case 'uniform':
      return within(readable(onGrid(from + random.uniform() * (to - from))));
    case 'log_uniform':
      return within(readable(onGrid(exp(log(from) + random.uniform() * (log(to) - log(from))))));
    case 'log_int': {
      const value = exp(log(from) + random.uniform() * (log(to + 1) - log(from)));
      return within(Math.floor(onGrid(value)));
    }
  }
}

/** Four significant digits: precise enough for a random value, and short enough to type. */
function readable(value: number): number {
  return Number(value.toPrecision(4));
}
