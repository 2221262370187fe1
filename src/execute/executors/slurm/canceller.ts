/** Cancels jobs: those that are to end at the same moment with one request. */
import { sleep } from '../../../base/clock.ts';
import type { Board } from './board.ts';
import { Unavailable, type SlurmCommands } from './commands.ts';
import type { Submission } from './submission.ts';

export interface Canceller {
  /** Never rejects: a job that cannot be cancelled ends by itself. `signal` is sent instead of the usual SIGTERM. */
  cancel(submission: Pick<Submission, 'name' | 'index'>, signal?: 'KILL'): Promise<void>;
}

const MOMENT_MS = 20;
const TRIES = 5;
/** A controller that is silent for longer does not hold up the end of a run. */
const FRESH_MS = 30_000;

export function openCanceller(commands: SlurmCommands, board: Board): Canceller {
  const waiting = new Map<string, { readonly ids: Set<string>; readonly done: Promise<void> }>();

  const send = async (ids: ReadonlySet<string>, signal: 'KILL' | undefined): Promise<void> => {
    for (let tried = 1; tried <= TRIES; tried++) {
      try {
        await commands.cancel([...ids], signal === undefined ? [] : ['--signal=KILL', '--full']);
        break;
      } catch (error) {
        if (!(error instanceof Unavailable)) break;
        await sleep(1_000 * tried);
      }
    }
    board.nudge();
  };

  return {
    async cancel({ name, index }, signal) {
      // A job that was submitted a moment ago is not in the last listing yet.
      if (!board.row(name, index)) await board.fresh(AbortSignal.timeout(FRESH_MS)).catch(() => undefined);
      const id = board.row(name, index)?.id;
      if (id === undefined) return;
      const key = signal ?? '';
      let batch = waiting.get(key);
      if (!batch) {
        const ids = new Set<string>();
        const done = new Promise<void>((resolve) => {
          setTimeout(() => {
            waiting.delete(key);
            void send(ids, signal).then(resolve);
          }, MOMENT_MS);
        });
        batch = { ids, done };
        waiting.set(key, batch);
      }
      batch.ids.add(id);
      await batch.done;
    },
  };
}
