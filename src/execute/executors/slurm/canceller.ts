/** Cancels jobs: those that are to end at the same moment with one request. */
import { aborted } from '../../../base/aborted.ts';
import { sleep } from '../../../base/clock.ts';
import type { Board } from './board.ts';
import { Unavailable, type SlurmCommands } from './commands.ts';
import { meaningOf } from './states.ts';
import type { Submission } from './submission.ts';

type Element = Pick<Submission, 'name' | 'index'>;

export interface Canceller {
  /** Never rejects: a job that cannot be cancelled ends by itself. `signal` is sent instead of the usual SIGTERM. */
  cancel(submission: Element, signal?: 'KILL'): Promise<void>;
  /** Takes a job out of the queue, some time, because nothing is left for it to do. One that runs ends by itself. */
  dismiss(submission: Element): void;
  /** Resolves when the jobs that were dismissed are cancelled, or some seconds later. */
  close(): Promise<void>;
}

const MOMENT_MS = 20;
const TRIES = 5;
/** A controller that is silent for longer does not hold up the end of a run. */
const FRESH_MS = 30_000;
/** Those that are dismissed are cancelled together, at most this often. */
const DISMISS_MS = 2_000;
const LAST_MS = 5_000;

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

  let dismissed: Element[] = [];
  let dismissing: NodeJS.Timeout | undefined;
  /** Of those that no listing has yet, the next time tells. */
  const sendAway = async (): Promise<void> => {
    dismissing = undefined;
    const unknown: Element[] = [];
    const ids = new Set<string>();
    for (const one of dismissed) {
      const row = board.row(one.name, one.index);
      if (!row) unknown.push(one);
      else if (meaningOf(row) === 'queued') ids.add(row.id);
    }
    dismissed = unknown;
    if (ids.size > 0) await send(ids, undefined);
  };

  return {
    dismiss(submission) {
      dismissed.push(submission);
      dismissing ??= setTimeout(() => void sendAway(), DISMISS_MS);
    },
    async close() {
      clearTimeout(dismissing);
      if (dismissed.length === 0) return;
      // They end by themselves: a controller that is silent does not hold up the end of the run.
      const late = AbortSignal.timeout(LAST_MS);
      await Promise.race([board.fresh(late).then(sendAway), aborted(late)]).catch(() => undefined);
    },
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
