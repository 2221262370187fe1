/** Writes mining.json and returns the metrics and headline of the stage. The counts come from tally.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics, StageResult } from '../../src/stage.ts';
import { GUARDS, type Rejections } from './guard.ts';
import type { MineParams } from './parameters.ts';
import type { SourceReport } from './tally.ts';

/** mining.json: the negatives by source, their hardness, and the rejections by guard. */
export interface MiningReport {
  readonly split: string;
  readonly queries: number;
  /** Pairs of a query and a positive. */
  readonly pairs: number;
  readonly triplets: number;
  readonly negatives_per_triplet: number;
  /** Triplets left out because they have too few negatives. */
  readonly incomplete: number;
  readonly guards: MineParams['guards'];
  readonly scorer: MineParams['scorer'];
  readonly rejected: Rejections;
  readonly sources: readonly SourceReport[];
}

export function writeMiningReport(output: string, report: MiningReport): StageResult {
  writeFileSync(join(output, 'mining.json'), `${JSON.stringify(report, null, 2)}\n`, { flag: 'wx' });
  const shares = report.sources.map(({ name, share }) => `${Math.round(100 * share)} % ${name}`);
  return {
    metrics: metricsOf(report),
    headline: [`${report.triplets.toLocaleString('en-US')} triplets`, ...shares].join(' · '),
  };
}

function metricsOf({ triplets, queries, incomplete, rejected, sources }: MiningReport): Metrics {
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
    incomplete,
    ...Object.fromEntries(GUARDS.map((guard) => [`rejected/${guard}`, rejected[guard]])),
    ...Object.fromEntries(perSource),
  };
}
