/**
 * How long a query waits. These figures depend on the machine and the moment, so they become metrics of the stage,
 * which are no part of the artifact's digest, and never go into its files.
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

/** Single queries, one after the other and without the encoder's share: queries spread evenly over all of them. */
export function latencyOf(system: System, queries: readonly EvaluatedQuery[]): Metrics {
  const size = Math.min(MOST_QUERIES, queries.length);
  const times: number[] = [];
  // The first is not counted: it pays for compilation and cold caches.
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
