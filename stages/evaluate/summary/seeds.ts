/** Mean and standard deviation of the figures over reports of the same model with several seeds. */
import { mean, standardDeviation } from '../../../src/base/statistics.ts';
import type { Figures } from './figures.ts';

/** One measure over several trainings that differ only in their seed. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation. */
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface Seeds {
  readonly runs: number;
  readonly measures: Readonly<Record<string, Spread>>;
}

/** For the measures that all runs have. There must be at least two runs. */
export function spreadOverSeeds(runs: readonly Figures[]): Seeds {
  const names = Object.keys(runs[0]!).filter((name) => runs.every((figures) => name in figures));
  return {
    runs: runs.length,
    measures: Object.fromEntries(names.map((name) => [name, spread(runs.map((run) => run[name]!))])),
  };
}

function spread(values: readonly number[]): Spread {
  return {
    mean: mean(values),
    deviation: standardDeviation(values),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}
