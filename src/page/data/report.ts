/** `metrics.json` of a report as a view. Kinds of users may write other files under that name: those give no view. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../base/json.ts';
import type {
  ComparisonView,
  DifferenceView,
  FigureView,
  Interval,
  ReportView,
  SystemView,
  TypeView,
} from '../views/report-view.ts';
import type { ShownStage } from './shown-run.ts';

type Members = Readonly<Record<string, unknown>>;

/** Undefined for a report that is not of an `evaluate` stage. */
export function reportOf({ name }: ShownStage, folder: string): ReportView | undefined {
  const file = join(folder, 'metrics.json');
  if (!existsSync(file)) return undefined;
  const summary: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(summary) || !isObject(summary['systems'])) return undefined;
  const label = text(summary['label']) ?? 'model';
  const systems = Object.entries(summary['systems']).flatMap(([system, figures]) =>
    isObject(figures) ? [systemOf(system, figures)] : [],
  );
  const measures = namesOf(systems.map(({ corpus }) => corpus));
  const primary = measures.find((measure) => measure.startsWith('mrr@')) ?? measures[0];
  if (primary === undefined) return undefined;
  const bootstrap = members(summary['bootstrap']);
  return {
    stage: name,
    split: text(summary['split']) ?? '',
    queries: number(summary['queries']) ?? 0,
    documents: number(summary['documents']) ?? 0,
    label,
    confidence: number(bootstrap['samples']) === 0 ? null : (number(bootstrap['confidence']) ?? null),
    permutations: number(summary['permutations']) ?? 0,
    primary,
    measures,
    candidateMeasures: namesOf(systems.map(({ candidates }) => candidates)),
    systems,
    comparisons: [
      ...list(summary['comparisons']).map((one) => comparisonOf(label, one)),
      // The model against the fused lists is among the comparisons of the model, the other way round.
      ...list(summary['fused_comparisons'])
        .filter((one) => one['rival'] !== label)
        .map((one) => comparisonOf('fused', one)),
    ],
    types: list(summary['query_types']).map(typeOf),
    fusion: fusionText(members(summary['fusion'])),
    hasQueries:
      existsSync(join(folder, 'per_query.tsv')) && existsSync(join(folder, 'runs', `${label}.trec`)),
  };
}

function systemOf(name: string, figures: Members): SystemView {
  const intervals = members(figures['intervals']);
  const part = (which: 'corpus' | 'candidates'): Record<string, FigureView> => {
    const own = members(intervals[which]);
    return Object.fromEntries(
      numbers(members(figures[which])).map(([measure, mean]) => [
        measure,
        { mean, interval: intervalOf(own[measure]) },
      ]),
    );
  };
  return { name, corpus: part('corpus'), candidates: part('candidates') };
}

function comparisonOf(system: string, one: Members): ComparisonView {
  return {
    system,
    rival: text(one['rival']) ?? '',
    queries: number(one['queries']) ?? 0,
    won: number(one['won']) ?? 0,
    lost: number(one['lost']) ?? 0,
    tied: number(one['tied']) ?? 0,
    corpus: Object.fromEntries(
      Object.entries(members(one['corpus'])).map(([measure, value]) => [
        measure,
        differenceOf(members(value)),
      ]),
    ),
  };
}

function differenceOf(value: Members): DifferenceView {
  return {
    difference: number(value['difference']) ?? 0,
    interval: intervalOf(value['interval']),
    p: number(value['p_value']) ?? null,
  };
}

function typeOf(one: Members): TypeView {
  return {
    type: text(one['type']) ?? '',
    queries: number(one['queries']) ?? 0,
    systems: Object.fromEntries(
      Object.entries(members(one['systems'])).map(([system, figures]) => [
        system,
        Object.fromEntries(numbers(members(members(figures)['corpus']))),
      ]),
    ),
  };
}

function fusionText({ fusion, normalisation, bm25, chosen }: Members): string | null {
  const { method, weight, k } = members(fusion);
  const how = text(method);
  if (how === undefined) return null;
  const details = [
    ...(number(weight) === undefined ? [] : [weightText(number(weight)!)]),
    ...(number(k) === undefined ? [] : [`k ${String(number(k))}`]),
    ...(how === 'convex' && text(normalisation) !== undefined
      ? [`scores normalised by ${text(normalisation)!}`]
      : []),
    ...(number(members(bm25)['k1']) === 0
      ? [`words scored by ${number(members(bm25)['idf_power']) === 2 ? 'squared idf' : 'idf'}`]
      : []),
  ];
  const split = text(members(chosen)['split']);
  const from = split === undefined ? '' : `, chosen on ${split}`;
  return `Fused: ${how} combination of the model and BM25 (${details.join(', ')})${from}.`;
}

/** The ends are not fused at all: a reader wonders why two lists are the same. */
function weightText(weight: number): string {
  if (weight === 1) return 'weight 1, which is the model alone';
  return weight === 0 ? 'weight 0, which is BM25 alone' : `weight ${weight}`;
}

function namesOf(figures: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(figures.flatMap((one) => Object.keys(one)))];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const members = (value: unknown): Members => (isObject(value) ? value : {});
const list = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isObject) : []);
const numbers = (value: Members): [string, number][] =>
  Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number');

function intervalOf(value: unknown): Interval | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [low, high] = value as unknown[];
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}
