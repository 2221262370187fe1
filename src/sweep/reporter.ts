/** Shows the progress of a sweep; the command line has implementations for terminals, plain lines and JSON. */
import type { RunEvent } from '../execute/events.ts';
import type { Combined } from './combine.ts';
import type { Trial, TrialResult } from './trial.ts';

export interface SweepReporter {
  readonly onPlan: (combined: Combined, trials: readonly Trial[]) => void;
  readonly onEvent: (event: RunEvent) => void;
  readonly onResult: (result: TrialResult) => void;
  readonly onRung?: (rung: number, budget: number, configurations: number) => void;
  readonly close: () => void;
}
