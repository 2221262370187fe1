/** Writes the events of a run into the store while it runs, for those who watch from outside: `pipeline serve`. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { monotonic, timestamp } from '../base/clock.ts';
import { writeAtomically } from '../base/files.ts';
import { thisProcess } from '../base/owner.ts';
import { begunFile, eventsFile, type BegunRun, type BegunSweep } from '../history/run-events.ts';
import type { Spec } from '../spec/spec.ts';
import type { StoreLayout } from '../store/layout.ts';
import type { EventLine, EventSink } from './events.ts';

export interface EventRecorder {
  readonly emit: EventSink;
  /** To be called once the run is recorded, or ended without a record. */
  close(): void;
}

/** Progress comes more often than anybody looks; one event of a stage in this time is kept. */
const PROGRESS_MS = 500;

export interface RecordedRun {
  readonly id: string;
  readonly started: string;
  readonly spec: Spec;
  readonly sweep?: BegunSweep;
}

/** A store that cannot be written only hides the run from those outside: the run goes on. */
export function recordEvents(
  layout: StoreLayout,
  { id, started, spec, sweep }: RecordedRun,
  next: EventSink,
): EventRecorder {
  let descriptor: number | undefined;
  try {
    mkdirSync(layout.logs, { recursive: true });
    descriptor = openSync(eventsFile(layout, id), 'a');
    writeAtomically(begunFile(layout, id), JSON.stringify({ ...begunOf(id, started, spec), sweep }));
  } catch {
    if (descriptor !== undefined) closeSync(descriptor);
    return { emit: next, close: () => undefined };
  }
  const lastProgress = new Map<string, number>();
  const isFrequent = (stage: string): boolean => {
    const now = monotonic();
    if (now - (lastProgress.get(stage) ?? -Infinity) < PROGRESS_MS) return true;
    lastProgress.set(stage, now);
    return false;
  };
  return {
    emit(event) {
      next(event);
      if (descriptor === undefined || (event.type === 'stage-progress' && isFrequent(event.stage))) return;
      const line: EventLine = { time: timestamp(), ...event };
      try {
        writeSync(descriptor, `${JSON.stringify(line)}\n`);
      } catch {
        closeSync(descriptor);
        descriptor = undefined;
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
      try {
        rmSync(begunFile(layout, id), { force: true });
      } catch {
        // The store has become read-only. Others see that the process is gone.
      }
    },
  };
}

function begunOf(run: string, started: string, { name, file, stages }: Spec): BegunRun {
  return {
    format: 1,
    run,
    spec: { name, file },
    started,
    owner: thisProcess(),
    stages: stages.map(({ name: stage, kind, inputs, with: parameters }) => ({
      name: stage,
      kind: kind.name,
      inputs,
      with: parameters,
    })),
  };
}
