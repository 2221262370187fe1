/** What the view of a sweep is made of, in one shape for recorded runs and for the present results of a spec. */
import type { Json } from '../../base/json.ts';
import type { MeasuredOutcome } from '../../sweep/figures.ts';
import type { NamedEnd } from '../../sweep/trial.ts';

export interface SweepSource {
  readonly id: string;
  readonly spec: { readonly name: string; readonly file: string };
  readonly metric: string | null;
  readonly goal: 'maximize' | 'minimize';
  readonly started: string | null;
  /** Number of repeats of each configuration. */
  readonly repeats: number;
  readonly outcomes: readonly SweepOutcome[];
  /** Number of the outcome that the others are compared with. */
  readonly baseline: number | undefined;
  readonly notes: readonly string[];
}

export interface SweepOutcome extends MeasuredOutcome {
  readonly name: string;
  /** Parameters in which configurations differ. */
  readonly values: Readonly<Record<string, Json>>;
  readonly repeats: readonly SweepRepeat[];
  readonly seconds: number;
  readonly warnings: number;
  readonly error: string | null;
}

export interface SweepRepeat {
  /** The run that recorded it, if there is one. */
  readonly run: string | null;
  readonly state: 'done' | 'failed' | 'interrupted';
  readonly stages: readonly NamedEnd[];
}
