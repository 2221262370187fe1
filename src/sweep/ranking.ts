/** Ranks configurations, and estimates the effect of each parameter on the metric. */
import { canonicalJson, type Json } from '../base/json.ts';
import { mean, spearman } from '../base/statistics.ts';

export type Goal = 'maximize' | 'minimize';

/** A ranked configuration; its metric is the mean over its repeats. */
export interface Ranked {
  /** In the order of the sweep. */
  readonly number: number;
  /** Null if it failed or does not report the metric. */
  readonly metric: number | null;
  /** For successive halving: the last rung. */
  readonly rung?: number;
}

export interface Varied extends Ranked {
  readonly configuration: { readonly values: Readonly<Record<string, Json>> };
}

/** Best first: by rung, then by metric, then in the order of the sweep. Those without a metric come last. */
export function rank<T extends Ranked>(results: readonly T[], goal: Goal): T[] {
  const sign = goal === 'maximize' ? -1 : 1;
  return [...results].sort((a, b) => {
    const [left, right] = [a.metric, b.metric];
    if ((left === null) !== (right === null)) return left === null ? 1 : -1;
    const rung = (b.rung ?? 0) - (a.rung ?? 0);
    if (rung !== 0) return rung;
    const difference = left === null || right === null ? 0 : sign * (left - right);
    return difference === 0 ? a.number - b.number : difference;
  });
}

export interface Effect {
  readonly path: string;
  /** Difference between the best and the worst mean. */
  readonly spread: number;
  /** Spearman's rank correlation with the metric, if there are more than two values and all are numbers. */
  readonly correlation: number | null;
  /** Mean of the metric for each value, best first; for many numbers, for each third of the sorted values. */
  readonly values: readonly { readonly value: string; readonly mean: number; readonly count: number }[];
}

/** Largest effect first. `results` must be comparable: with successive halving, of the same rung. */
export function effects(results: readonly Varied[], paths: readonly string[], goal: Goal): Effect[] {
  const found = paths.flatMap((path) => effect(results, path, goal) ?? []);
  return found.sort((a, b) => b.spread - a.spread);
}

/** More distinct numbers than this are grouped, because there would be too few configurations per value. */
const MOST_VALUES = 6;

/** The metrics of the configurations with each value of a parameter. Undefined for fewer than two values. */
export function metricsByValue(
  results: readonly Varied[],
  path: string,
): ReadonlyMap<string, number[]> | undefined {
  const pairs = pairsOf(results, path);
  const distinct = new Set(pairs.map(({ value }) => canonicalJson(value)));
  if (distinct.size < 2) return undefined;
  const label =
    areNumbers(pairs) && distinct.size > MOST_VALUES
      ? thirds(pairs.map(({ value }) => value as number))
      : text;
  const groups = new Map<string, number[]>();
  for (const { value, metric } of pairs) {
    const list = groups.get(label(value));
    if (list) list.push(metric);
    else groups.set(label(value), [metric]);
  }
  return groups;
}

interface Pair {
  readonly value: Json;
  readonly metric: number;
}

function pairsOf(results: readonly Varied[], path: string): Pair[] {
  return results.flatMap(({ metric, configuration }) => {
    const value = configuration.values[path];
    return value === undefined || metric === null ? [] : [{ value, metric }];
  });
}

const areNumbers = (pairs: readonly Pair[]): boolean => pairs.every(({ value }) => typeof value === 'number');

function effect(results: readonly Varied[], path: string, goal: Goal): Effect | undefined {
  const groups = metricsByValue(results, path);
  if (!groups) return undefined;
  const sign = goal === 'maximize' ? -1 : 1;
  const values = [...groups]
    .map(([value, metrics]) => ({ value, mean: mean(metrics), count: metrics.length }))
    .sort((a, b) => sign * (a.mean - b.mean));
  const pairs = pairsOf(results, path);
  const isOrdered = areNumbers(pairs) && new Set(pairs.map(({ value }) => value)).size > 2;
  const correlation = isOrdered
    ? spearman(
        pairs.map(({ value }) => value as number),
        pairs.map(({ metric }) => metric),
      )
    : null;
  return { path, spread: Math.abs(values[0]!.mean - values.at(-1)!.mean), correlation, values };
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Labels a value by the third of the sorted values that it belongs to. */
function thirds(values: readonly number[]): (value: Json) => string {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const size = Math.ceil(sorted.length / 3);
  return (value) => {
    const index = Math.floor(sorted.indexOf(value as number) / size);
    const part = sorted.slice(index * size, (index + 1) * size);
    return part.length === 1 ? String(part[0]) : `${part[0]!} … ${part.at(-1)!}`;
  };
}
