/** Mean and spread of the figures over reports of the same model from several seeds. */
import { mean, standardDeviation } from '../../../src/base/statistics.ts';
import type { Figures } from './figures.ts';

/** One measure over several trainings that differ in their seed alone. */
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

/** Of the measures that all runs have. `runs` are at least two. */
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
