/**
 * A worker: takes tasks from the queues that this machine can serve, as many at a time as fit, and executes each as the
 * local executor would. It holds its tasks by renewing them; a worker that dies stops renewing, and another takes over.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { aborted } from '../../../base/aborted.ts';
import { sleep } from '../../../base/clock.ts';
import { openAccount, type Capacity } from '../../capacity.ts';
import type { JobEvent } from '../../executor.ts';
import { failedOrSwept } from '../failed-or-stopped.ts';
import { connect, watchConnection } from './redis.ts';
import {
  executeTask,
  type HeldTask,
  type QueuedTask,
  type TaskOutcome,
  type WorkerEnvironment,
} from './held-task.ts';
import { keepUp, type Held } from './keep-up.ts';
import { queueNames, type WorkerCard } from './protocol.ts';
import { servedClasses, type ServedClass, type ServedClasses } from './served-classes.ts';

export type WorkerEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'connection'; readonly state: 'lost' | 'back' }
  | { readonly type: 'taken'; readonly stage: string; readonly key: string; readonly again: boolean }
  | { readonly type: 'stage'; readonly stage: string; readonly event: JobEvent }
  | { readonly type: 'ended'; readonly stage: string; readonly outcome: TaskOutcome }
  /** The task was executed, and the queue could not be told so. */
  | { readonly type: 'untold'; readonly stage: string; readonly why: string };

export interface WorkerOptions {
  readonly address: string;
  /** The name of the queue, where it is not the usual one. */
  readonly queue?: string | undefined;
  readonly card: WorkerCard;
  readonly capacity: Capacity;
  readonly environment: WorkerEnvironment;
  readonly onEvent: (event: WorkerEvent) => void;
  /** Take no more tasks, and end when those that it has are done. */
  readonly drain: AbortSignal;
  /** Ask the stages to stop, and give their tasks back. */
  readonly stop: AbortSignal;
}

/** How long it waits for a task before it looks which queues there are. */
const WAIT_SECONDS = 1;
/** Before the server is asked again that did not answer. */
const PAUSE_MS = 200;

/** Resolves when it was drained or stopped. Throws `E_QUEUE` where there is no queue to begin with. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { capacity, card, drain, onEvent } = options;
  const redis = await connect(options.address);
  const waiting = redis.duplicate();
  waiting.on('error', () => undefined);
  const keys = queueNames(options.queue);
  const classes = await servedClasses(redis, keys, card);
  const account = openAccount(capacity);
  const held: Held = new Map();
  const running = new Set<Promise<void>>();
  const freed = newBell();
  const ended = new AbortController();
  const unlessSwept = failedOrSwept(drain);

  const take = async (): Promise<boolean> => {
    for (const served of classes.all()) {
      if (account.lacks(served) !== undefined) continue;
      const token = randomUUID();
      const queued = await served.next(token);
      if (!queued) continue;
      begin(served, queued, token);
      return true;
    }
    return false;
  };

  const begin = (served: ServedClass, queued: QueuedTask, token: string): void => {
    const { job, holder } = queued.data;
    const task: HeldTask = {
      queued,
      token,
      threads: threadsFor(served, capacity),
      stop: new AbortController(),
      kill: new AbortController(),
      givesBack: false,
      unlessSwept,
    };
    held.set(token, { task, served });
    account.take(served);
    onEvent({ type: 'taken', stage: job.stage, key: job.key, again: holder !== undefined });
    let isFree = false;
    const free = (): void => {
      if (isFree) return;
      isFree = true;
      account.give(served);
      freed.ring();
    };
    const work = executeTask(task, options.environment, {
      onEvent: (event) => {
        onEvent({ type: 'stage', stage: job.stage, event });
      },
      onDone: free,
    })
      .then(
        (outcome) => {
          onEvent({ type: 'ended', stage: job.stage, outcome });
        },
        (error: unknown) => {
          onEvent({ type: 'untold', stage: job.stage, why: (error as Error).message });
        },
      )
      .finally(() => {
        held.delete(token);
        running.delete(work);
        free();
      });
    running.add(work);
  };

  const stopAll = (): void => {
    for (const { task } of held.values()) {
      task.givesBack = true;
      task.stop.abort();
    }
  };
  options.stop.addEventListener('abort', stopAll);
  watchConnection(redis, (state) => {
    if (!ended.signal.aborted) onEvent({ type: 'connection', state });
  });

  const heartbeat = keepUp(redis, keys, options, { held, classes }, ended.signal);
  try {
    await classes.refresh();
    onEvent({ type: 'ready' });
    const drained = aborted(drain);
    let arrival: Promise<unknown> | undefined;
    const goesOn = (): boolean => !drain.aborted;
    while (goesOn()) {
      const full = account.full();
      const next = freed.next();
      // The server may be loading its data, or out of memory: it is asked again a little later.
      if (!full && (await take().catch(() => false))) continue;
      if (!goesOn()) break;
      // The command goes on where a slot was freed meanwhile; it is the same one that the next turn waits for.
      if (!full)
        arrival ??= arrivalOf(waiting, keys.news(card.name), classes).then(() => (arrival = undefined));
      await Promise.race([next, drained, ...(full || !arrival ? [] : [arrival])]);
    }
    while (running.size > 0) await Promise.race(running);
  } finally {
    ended.abort();
    options.stop.removeEventListener('abort', stopAll);
    waiting.disconnect();
    await heartbeat;
    await classes.close();
    redis.disconnect();
  }
}

/** Those that a stage declares, else an equal part for each that may execute at the same time. */
function threadsFor({ resources }: ServedClass, { threads, jobs }: Capacity): number {
  return resources.threads === undefined
    ? Math.max(1, Math.floor(threads / jobs))
    : Math.min(resources.threads, threads);
}

/** Resolves when a task was added to one of the queues, when there is a new queue, or after a while. */
async function arrivalOf(redis: Redis, news: string, classes: ServedClasses): Promise<void> {
  try {
    const markers = classes.all().map(({ marker }) => marker);
    const arrived = await redis.bzpopmin(news, ...markers, WAIT_SECONDS);
    if (arrived?.[0] === news) await classes.refresh();
  } catch {
    // The connection ended, or the server is not ready yet.
    await sleep(PAUSE_MS);
  }
}

/** Something that happens again and again, for which one waits. */
function newBell(): { readonly next: () => Promise<void>; readonly ring: () => void } {
  let ring: () => void = () => undefined;
  let next: Promise<void>;
  const hang = (): void => {
    next = new Promise((resolve) => {
      ring = () => {
        hang();
        resolve();
      };
    });
  };
  hang();
  return {
    next: () => next,
    ring: () => {
      ring();
    },
  };
}
