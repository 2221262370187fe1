/** A run that has begun; what happens in it comes as events. */
import type { Metrics, StageWarning } from '../../stage.ts';

export interface LiveView {
  readonly run: string;
  readonly spec: { readonly name: string; readonly file: string };
  readonly started: string;
  /** `ended`: it has a record by now. `lost`: its process ended without one. */
  readonly state: 'running' | 'ended' | 'lost';
  readonly stages: readonly LiveStage[];
  /** The sweep whose configurations are executed as this run; null for a run of one spec. */
  readonly sweep: LiveSweep | null;
}

export interface LiveSweep {
  readonly id: string;
  /** By which the configurations are ranked, and the stage that gives it; null where the sweep has none. */
  readonly metric: { readonly name: string; readonly stage: string; readonly ofStage: string } | null;
  readonly goal: 'maximize' | 'minimize';
  readonly rung: { readonly number: number; readonly budget: number } | null;
  /** One for each repeat of each configuration. */
  readonly trials: readonly LiveTrial[];
}

export interface LiveTrial {
  readonly configuration: string;
  /** Name of a stage in the spec → its name in this run: configurations share stages. */
  readonly stages: Readonly<Record<string, string>>;
}

export interface LiveStage {
  readonly name: string;
  readonly kind: string;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

/** One server-sent event of `/api/events`, as docs/EVENTS.md describes it; the fields that the page reads. */
export interface LiveEvent {
  readonly time: string;
  readonly type: string;
  readonly stage?: string;
  readonly seconds?: number;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
  readonly note?: string;
  readonly part?: {
    readonly label: string;
    readonly done: number;
    readonly total?: number;
    readonly unit: string;
  };
  readonly message?: string;
  readonly headline?: string | null;
  readonly metrics?: Metrics;
  readonly warnings?: readonly StageWarning[];
  readonly level?: 'info' | 'warning';
  readonly because?: string;
  readonly reasons?: readonly string[];
  readonly outcome?: 'done' | 'failed' | 'interrupted';
  readonly output?: readonly string[];
  readonly kind?: string;
  readonly key?: string;
}

/** A piece of a stage's log. */
export interface LogView {
  readonly text: string;
  /** Byte from which to ask for more. */
  readonly next: number;
  /** Bytes left out before the piece. */
  readonly skipped: number;
  /** Whether more may come. */
  readonly isWritten: boolean;
}
