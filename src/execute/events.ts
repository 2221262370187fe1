/** Everything that happens in a run, as one stream: the terminal, NDJSON and the run record read it. */
import type { Reason } from '../plan/reason.ts';
import type { Metrics, Progress, StageWarning } from '../stage.ts';
import type { Shortage } from './capacity.ts';

export type RunEvent =
  | {
      readonly type: 'run-started';
      /** Raised when a field loses or changes its meaning; new fields and events may come at any time. */
      readonly format: 1;
      readonly run: string;
      readonly spec: string;
      /** Stages that may execute; the others are reported as cached or not at all. */
      readonly stages: readonly string[];
      readonly engine: string | null;
    }
  /** The stage's artifact was there: nothing runs. */
  | ({ readonly type: 'stage-cached'; readonly stage: string } & StageOutcome)
  /**
   * It has its inputs, and waits for what it needs, which other stages use; or in the queue of its executor, which `where`
   * describes.
   */
  | { readonly type: 'stage-queued'; readonly stage: string; readonly lacks: Shortage }
  | {
      readonly type: 'stage-queued';
      readonly stage: string;
      readonly lacks: 'executor';
      readonly where: string;
    }
  /**
   * The same artifact is being made already, by the stage of this run that `sameAs` names or, where it is null, by
   * another process. This stage waits for it.
   */
  | { readonly type: 'stage-waiting'; readonly stage: string; readonly sameAs: string | null }
  | {
      readonly type: 'stage-started';
      readonly stage: string;
      readonly key: string;
      readonly reasons: readonly Reason[];
      /** File that gets everything that the stage prints. */
      readonly log: string;
    }
  | ({ readonly type: 'stage-progress'; readonly stage: string } & Progress)
  | ({
      readonly type: 'stage-log';
      readonly stage: string;
      readonly level: 'info' | 'warning';
    } & StageWarning)
  | ({ readonly type: 'stage-finished'; readonly stage: string; readonly seconds: number } & StageOutcome)
  | ({ readonly type: 'stage-failed'; readonly stage: string; readonly seconds: number } & StageFailure)
  /** An input failed, or the run was stopped before its turn. */
  | { readonly type: 'stage-skipped'; readonly stage: string; readonly because: string }
  | {
      readonly type: 'run-finished';
      readonly outcome: 'done' | 'failed' | 'interrupted';
      readonly seconds: number;
      readonly executed: number;
      readonly cached: number;
      readonly failed: number;
      readonly skipped: number;
      /** Warnings of all results, executed and cached. */
      readonly warnings: number;
    };

export interface StageOutcome {
  readonly kind: string;
  readonly key: string;
  readonly digest: string;
  /** The artifact's folder; null where its files are not on this machine. */
  readonly path: string | null;
  readonly metrics: Metrics;
  readonly headline: string | null;
  /** Doubts about the result, also of an earlier run that made it. */
  readonly warnings: readonly StageWarning[];
}

export interface StageFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** The last lines that the stage printed, oldest first. */
  readonly output: readonly string[];
  /** File with everything that it printed, and the stack of an unexpected error. */
  readonly log: string;
}

/** The run did not start: the spec or the command is wrong, or the store cannot be used. It is the only line then. */
export interface RunRefused {
  readonly type: 'run-refused';
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** Every error in the spec with its location; empty where there is only the message. */
  readonly diagnostics: readonly RefusalDiagnostic[];
}

export interface RefusalDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string | null;
  readonly file: string | null;
  /** From 1, like the column. */
  readonly line: number | null;
  readonly column: number | null;
}

/** One line of `pipeline run --json`. */
export type EventLine = (RunEvent | RunRefused) & {
  /** When the event was seen: ISO 8601, UTC, milliseconds. */
  readonly time: string;
};

export type EventSink = (event: RunEvent) => void;
