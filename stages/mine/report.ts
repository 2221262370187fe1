/** Writes mining.json and returns the metrics and headline of the stage. The counts come from tally.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics, StageResult } from '../../src/stage.ts';
import { GUARDS, type Rejections } from './guard.ts';
import type { MineParams } from './parameters.ts';
import type { Retriever } from './retrievers.ts';
import type { Filled, SourceReport } from './tally.ts';

/** mining.json: the negatives by source, their hardness, and the rejections by guard. */
export interface MiningReport {
  readonly split: string;
  readonly queries: number;
  /** Those with weak positives. */
  readonly weak_queries: number;
  /** Queries of the split: synthetic ones that were not asked for, and unjudged ones without a weak positive. */
  readonly left_out: {
    readonly synthetic: number;
    readonly uncertain: number;
    readonly without_results: number;
  };
  /** Pairs of a query and a positive. */
  readonly pairs: number;
  readonly triplets: number;
  readonly weak_triplets: number;
  readonly negatives_per_triplet: number;
  /** Triplets left out because they have too few negatives. */
  readonly incomplete: number;
  readonly filled: Filled;
  readonly guards: MineParams['guards'];
  readonly scorer: Retriever['name'] | 'none';
  readonly rejected: Rejections;
  readonly sources: readonly SourceReport[];
}

export function writeMiningReport(output: string, report: MiningReport): StageResult {
  writeFileSync(join(output, 'mining.json'), `${JSON.stringify(report, null, 2)}\n`, { flag: 'wx' });
  const used = report.sources.filter(({ name, negatives }) => negatives > 0 || !name.startsWith('fill '));
  const shares = used.map(({ name, share }) => `${Math.round(100 * share)} % ${name}`);
  return {
    metrics: metricsOf(report),
    headline: [`${report.triplets.toLocaleString('en-US')} triplets`, ...shares].join(' · '),
  };
}

function metricsOf(report: MiningReport): Metrics {
  const { triplets, queries, incomplete, filled, left_out, rejected, sources } = report;
  const perSource = sources.flatMap(({ name, share, hardness }): [string, number][] => [
    [`share/${name}`, share],
    ...(hardness
      ? ([
          [`median_rank/${name}`, hardness.median_rank],
          [`above_positive/${name}`, hardness.above_positive],
        ] as [string, number][])
      : []),
  ]);
  return {
    triplets,
    queries,
    'queries/weak': report.weak_queries,
    'triplets/weak': report.weak_triplets,
    incomplete,
    'filled/negatives': filled.negatives,
    'filled/queries': filled.queries,
    ...Object.fromEntries(Object.entries(left_out).map(([why, count]) => [`left_out/${why}`, count])),
    ...Object.fromEntries(GUARDS.map((guard) => [`rejected/${guard}`, rejected[guard]])),
    ...Object.fromEntries(perSource),
  };
}
