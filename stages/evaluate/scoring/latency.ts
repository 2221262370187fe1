/**
 * Measures query latency. It depends on the machine and the moment, so it becomes a metric of the stage, which is not
 * part of the digest of the artifact, and never goes into its files.
 */
import { monotonic } from '../../../src/base/clock.ts';
import { nearestRank } from '../../../src/base/statistics.ts';
import type { Metrics } from '../../../src/stage.ts';
import type { EvaluatedQuery } from './queries.ts';
import type { System } from './systems.ts';

const MOST_QUERIES = 200;
const FEWEST_QUERIES = 5;
const BUDGET_MS = 1000;
const DEPTH = 100;

/** Latency of single queries, one after the other and without encoding, on evenly spaced queries. */
export function latencyOf(system: System, queries: readonly EvaluatedQuery[]): Metrics {
  const size = Math.min(MOST_QUERIES, queries.length);
  const times: number[] = [];
  // Warm-up: the first search includes compilation and cold caches.
  system.search([queries[0]!], DEPTH).next();
  const started = monotonic();
  for (let i = 0; i < size; i++) {
    if (i >= FEWEST_QUERIES && monotonic() - started > BUDGET_MS) break;
    const query = queries[Math.floor((i * queries.length) / size)]!;
    const before = monotonic();
    system.search([query], DEPTH).next();
    times.push(monotonic() - before);
  }
  return latencyMetrics(system.name, times);
}

/** Milliseconds at the 50th, 95th and 99th percentile, by nearest rank. */
export function latencyMetrics(system: string, times: readonly number[]): Metrics {
  const sorted = Float64Array.from(times).sort();
  const prefix = system === 'model' ? '' : `${system}/`;
  return Object.fromEntries(
    [50, 95, 99].map((percent) => [`${prefix}p${percent}_ms`, nearestRank(sorted, percent)!]),
  );
}
