/** Records the events of a sweep like those of a run, for those who watch from outside. */
import type { EventSink, RunEvent } from '../execute/events.ts';
import { recordEvents, type EventRecorder } from '../execute/record-events.ts';
import type { BegunSweep } from '../history/run-events.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { Combined } from './combine.ts';
import type { Trial } from './trial.ts';

export interface SweepEvents {
  readonly emit: EventSink;
  /** To be called before the first event. */
  plan(combined: Combined, trials: readonly Trial[]): void;
  close(): void;
}

export interface RecordedSweep {
  /** The id under which the events are recorded. */
  readonly run: string;
  readonly started: string;
  readonly sweep: Omit<BegunSweep, 'trials'>;
}

/** Events of a sweep that finds everything cached: it is over before anybody could watch it. */
const OF_NOTHING: ReadonlySet<RunEvent['type']> = new Set(['run-started', 'stage-cached', 'run-finished']);

export function sweepEvents(
  layout: StoreLayout,
  { run, started, sweep }: RecordedSweep,
  next: EventSink,
): SweepEvents {
  let planned: { readonly combined: Combined; readonly trials: readonly Trial[] } | undefined;
  let recorder: EventRecorder | undefined;
  let before: RunEvent[] = [];
  const open = ({ combined, trials }: NonNullable<typeof planned>): EventRecorder => {
    const ofTrials = trials.map(({ configuration }, index) => ({
      configuration: configuration.name,
      stages: Object.fromEntries(combined.names[index]!),
    }));
    const facts = { id: run, started, spec: combined.spec, sweep: { ...sweep, trials: ofTrials } };
    return recordEvents(layout, facts, () => undefined);
  };
  return {
    plan(combined, trials) {
      planned = { combined, trials };
    },
    emit(event) {
      next(event);
      before.push(event);
      if (!recorder && (!planned || OF_NOTHING.has(event.type))) return;
      recorder ??= open(planned!);
      for (const one of before) recorder.emit(one);
      before = [];
    },
    close() {
      recorder?.close();
    },
  };
}
