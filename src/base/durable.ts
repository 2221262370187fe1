/**
 * Work that has to wait until files and folders would survive a power cut. A process with nothing else to do waits for
 * each; one that has to answer meanwhile lets the system flush them while it does something else. The work is the same.
 */
import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { flush, isRefusal } from './files.ts';
import { takeTurns } from './turns.ts';

/** Yields the paths to flush before it goes on; an empty list lets others have their turn. */
export type DurableWork<T> = Generator<readonly string[], T, undefined>;

export function doDurably<T>(work: DurableWork<T>): T {
  for (let step = work.next(); ;) {
    if (step.done === true) return step.value;
    try {
      step.value.forEach(flush);
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next();
  }
}

/** Without blocking the event loop; paths that are yielded together are flushed together. */
export async function doDurablyInTurns<T>(work: DurableWork<T>): Promise<T> {
  const turn = takeTurns();
  for (let step = work.next(); ;) {
    if (step.done === true) return step.value;
    try {
      if (step.value.length === 0) await turn();
      else await Promise.all(step.value.map(flushAside));
    } catch (error) {
      step = work.throw(error);
      continue;
    }
    step = work.next();
  }
}

const synced = promisify(fsync);

/** `flush`, in a thread of Node's. */
async function flushAside(path: string): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    await synced(descriptor);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  } finally {
    closeSync(descriptor);
  }
}
