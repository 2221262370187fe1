/** What a `sweep:` asks for, once it is read. */
import type { Place } from '../text/source.ts';
import type { Override } from '../values/overrides.ts';
import type { Distribution } from './distribution.ts';

export interface SweepRequest {
  /** `report.mrr@10`: what configurations are ranked by. */
  readonly metric?: string;
  readonly goal: 'maximize' | 'minimize';
  /** Further metrics, shown beside it. */
  readonly columns: readonly string[];
  readonly grid: readonly SweepAxis[];
  readonly random?: RandomSearch;
  /** By name: the values of each. */
  readonly experiments: readonly { readonly name: string; readonly overrides: readonly Override[] }[];
  /** Every configuration is executed with each combination of these, and told by the mean over them. */
  readonly repeat: readonly SweepAxis[];
  /** What the others are compared with. */
  readonly baseline?: Baseline;
  readonly halving?: Halving;
}

export interface Baseline {
  /** Of an experiment, or a configuration's whole name. */
  readonly name: string;
  /** Where it is written; the command line is no such place. */
  readonly at?: Place;
}

export interface SweepAxis {
  readonly path: string;
  readonly values: readonly Override[];
}

export interface RandomSearch {
  readonly trials: number;
  readonly seed: number;
  readonly space: readonly Dimension[];
}

export interface Dimension {
  readonly path: string;
  readonly distribution: Distribution;
  readonly at: Place;
}

export interface Halving {
  /** The parameter that says how long a configuration is trained, such as `model.epochs`. */
  readonly budget: string;
  readonly min: number;
  readonly max: number;
  readonly factor: number;
}
