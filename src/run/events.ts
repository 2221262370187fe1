/** All that happens in a run, as one stream: terminal, NDJSON and run record are its readers. */
import type { Reason } from '../plan/reason.ts';
import type { Metrics, Progress } from '../stage.ts';

export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly spec: string;
      /** Stages that may execute; the others are reported as cached or not at all. */
      readonly stages: readonly string[];
      readonly engine: string | null;
    }
  /** The stage's artifact was there: nothing runs. */
  | ({ readonly type: 'stage-cached'; readonly stage: string } & StageOutcome)
  /** Another process is making the very artifact; this one waits for it. */
  | { readonly type: 'stage-waiting'; readonly stage: string }
  | { readonly type: 'stage-started'; readonly stage: string; readonly reasons: readonly Reason[] }
  | ({ readonly type: 'stage-progress'; readonly stage: string } & Progress)
  | {
      readonly type: 'stage-log';
      readonly stage: string;
      readonly level: 'info' | 'warning';
      readonly message: string;
    }
  | ({ readonly type: 'stage-finished'; readonly stage: string; readonly seconds: number } & StageOutcome)
  | ({ readonly type: 'stage-failed'; readonly stage: string; readonly seconds: number } & StageFailure)
  /** Something that it needs failed, or the run was stopped before its turn. */
  | { readonly type: 'stage-skipped'; readonly stage: string; readonly because: string }
  | {
      readonly type: 'run-finished';
      readonly outcome: 'done' | 'failed' | 'interrupted';
      readonly seconds: number;
      readonly executed: number;
      readonly cached: number;
      readonly failed: number;
      readonly skipped: number;
    };

export interface StageOutcome {
  readonly kind: string;
  readonly key: string;
  readonly digest: string;
  readonly path: string;
  readonly metrics: Metrics;
  readonly headline: string | null;
}

export interface StageFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** What the stage printed last, oldest line first. */
  readonly output: readonly string[];
  /** File with all that it printed, and the stack where the error was not an expected one. */
  readonly log: string;
}

export type EventSink = (event: RunEvent) => void;
