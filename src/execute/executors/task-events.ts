/**
 * The events of a task as lines in a file: the worker appends, the coordinator reads on from where it was. A file needs no
 * connection from the worker to the coordinator, which may end and be started again in between.
 */
import { appendFileSync, closeSync, openSync, readSync } from 'node:fs';
import { monotonic, timestamp } from '../../base/clock.ts';
import type { JobEvent } from '../executor.ts';

export type TaskEvent =
  | JobEvent
  /** A worker has begun with the task. */
  | { readonly type: 'began'; readonly host: string; readonly pid: number }
  /** Nothing happened, but the worker lives. */
  | { readonly type: 'alive' };

/** A worker that has been silent for several of these is probably gone. */
const HEARTBEAT_MS = 10_000;
/** Of progress, a shared folder gets at most this much. */
const PROGRESS_INTERVAL_MS = 500;

export interface EventWriter {
  write(event: TaskEvent): void;
  /** Ends the heartbeat. */
  close(): void;
}

/** An event that cannot be written is lost, and nothing else: the result counts. */
export function eventWriter(file: string): EventWriter {
  let lastProgress = -Infinity;
  const append = (event: TaskEvent): void => {
    try {
      appendFileSync(file, `${JSON.stringify({ time: timestamp(), ...event })}\n`);
    } catch {
      // The work itself will fail with the reason where the store cannot be written.
    }
  };
  const heartbeat = setInterval(append, HEARTBEAT_MS, { type: 'alive' });
  heartbeat.unref();
  return {
    write(event) {
      if (event.type === 'progress') {
        const { done, total } = event.part ?? event;
        if (monotonic() - lastProgress < PROGRESS_INTERVAL_MS && done !== total) return;
        lastProgress = monotonic();
      }
      append(event);
      heartbeat.refresh();
    },
    close() {
      clearInterval(heartbeat);
    },
  };
}

export interface EventReader {
  /** The events that were appended since the last call, oldest first; none where the file is not there. */
  read(): TaskEvent[];
  /** Milliseconds, on this machine's own clock, since the file last grew, or since the reader was opened. */
  silence(): number;
}

const PIECE = 1 << 16;

export function eventReader(file: string): EventReader {
  let position = 0;
  let lastGrown = monotonic();
  /** The beginning of a line whose rest is still to come. */
  let rest = Buffer.alloc(0);
  return {
    read() {
      const bytes = bytesFrom(file, position);
      if (bytes.length > 0) lastGrown = monotonic();
      position += bytes.length;
      const all = Buffer.concat([rest, bytes]);
      const end = all.lastIndexOf(10) + 1;
      rest = all.subarray(end);
      return all.toString('utf8', 0, end).split('\n').flatMap(parsed);
    },
    silence: () => monotonic() - lastGrown,
  };
}

function bytesFrom(file: string, start: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const pieces: Buffer[] = [];
    for (let position = start; ;) {
      const piece = Buffer.alloc(PIECE);
      const count = readSync(descriptor, piece, 0, PIECE, position);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
      position += count;
    }
  } catch {
    return Buffer.alloc(0);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that was cut off by a full disk is skipped. */
function parsed(line: string): TaskEvent[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as TaskEvent];
  } catch {
    return [];
  }
}
