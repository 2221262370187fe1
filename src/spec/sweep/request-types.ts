/** Types only: the `sweep:` section after reading. */
import type { Place } from '../text/source.ts';
import type { Override } from '../values/overrides.ts';
import type { Distribution } from './distribution.ts';

export interface SweepRequest {
  /** The metric by which configurations are ranked, such as `report.mrr@10`. */
  readonly metric?: string;
  readonly goal: 'maximize' | 'minimize';
  /** Additional metrics to show. */
  readonly columns: readonly string[];
  /** Where the spec names its metrics. */
  readonly metricPlaces?: ReadonlyMap<string, Place>;
  readonly grid: readonly SweepAxis[];
  readonly random?: RandomSearch;
  /** Named configurations. */
  readonly experiments: readonly { readonly name: string; readonly overrides: readonly Override[] }[];
  /** Every configuration is executed with each combination of these, and represented by the mean over them. */
  readonly repeat: readonly SweepAxis[];
  /** The configuration with which the others are compared. */
  readonly baseline?: Baseline;
  readonly halving?: Halving;
}

export interface Baseline {
  /** The name of an experiment, or the full name of a configuration. */
  readonly name: string;
  /** Its place in the spec; absent if it comes from the command line. */
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
  /** The parameter that sets how long a configuration is trained, such as `model.epochs`. */
  readonly budget: string;
  readonly min: number;
  readonly max: number;
  readonly factor: number;
}
