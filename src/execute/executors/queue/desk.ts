/**
 * The coordinator's side of the queue: submits tasks, hears what becomes of them, and misses those that are no longer
 * there. It decides nothing; what to do about a missing or refused task is in `follow-task.ts`.
 */
import type { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { monotonic, sleep } from '../../../base/clock.ts';
import { connect, shownAddress } from './redis.ts';
import {
  queueNames,
  TICK_MS,
  type QueueNames,
  type QueueTask,
  type TaskEnd,
  type TaskReport,
  type WorkerCard,
} from './protocol.ts';
import type { ResourceClass } from './resource-class.ts';
import { workersOf } from './survey.ts';

export type Outcome =
  | { readonly type: 'ended'; readonly end: TaskEnd }
  /** Its workers died, one after the other. */
  | { readonly type: 'gave-up' }
  /** Redis has no such task: it was flushed or cancelled, or the worker could not report. */
  | { readonly type: 'missing' };

export interface TaskListener {
  onReport(report: TaskReport): void;
  /** The worker stopped answering; the task waits for another. */
  onStalled(): void;
  /** Called once where no worker has begun for a while. */
  onIdle(): void;
  /** Whether the artifact is there, asked while there is no connection. */
  isMade(): Promise<boolean>;
}

interface Pending {
  readonly id: string;
  readonly queue: OpenQueue;
  readonly listener: TaskListener;
  readonly settle: (outcome: Outcome) => void;
  readonly since: number;
  /** How many ticks in a row it was not in Redis. */
  missed: number;
  begun: boolean;
  saidIdle: boolean;
}

interface OpenQueue {
  readonly name: string;
  readonly bull: Queue<QueueTask, TaskEnd>;
  readonly events: QueueEvents;
  readonly connection: Redis;
}

export interface Desk {
  /** The address without its password. */
  readonly shown: string;
  /** Rejects where the server refuses it. Resolves with what became of it. */
  execute(needs: ResourceClass, id: string, task: QueueTask, listener: TaskListener): Promise<Outcome>;
  /** Takes it out of the queue, or has its worker end it. */
  cancel(id: string, how: 'stop' | 'kill'): Promise<void>;
  /** The workers that live. */
  workers(): Promise<WorkerCard[]>;
  close(): Promise<void>;
}

const CLASS_SECONDS = 7 * 86_400;
const CANCEL_SECONDS = 600;
/** A worker that lives reads them within seconds, and finds by itself what it missed. */
const NEWS_SECONDS = 60;
/** A report may still be on its way when the task is gone. */
const MOST_MISSED = 2;
const IDLE_MS = 5_000;
/** Without a connection, the store is asked every so many ticks. */
const TICKS_TO_LOOK = 4;

export async function openDesk(address: string, queueName?: string): Promise<Desk> {
  const keys = queueNames(queueName);
  const redis = await connect(address);
  const { Queue, QueueEvents } = await import('./library.ts');
  const pending = new Map<string, Pending>();
  const queues = new Map<string, Promise<OpenQueue>>();
  const ended = new AbortController();
  let disconnected = 0;

  const openQueue = async (name: string): Promise<OpenQueue> => {
    // From now on by the server's clock: the reader itself would begin when its first request arrives.
    const [seconds, micros] = (await redis.time()).map(Number) as [number, number];
    const connection = redis.duplicate();
    connection.on('error', () => undefined);
    const events = new QueueEvents(name, {
      connection,
      prefix: keys.prefix,
      lastEventId: `${seconds * 1000 + Math.floor(micros / 1000)}-0`,
    });
    events.on('error', () => undefined);
    const bull = new Queue<QueueTask, TaskEnd>(name, { connection: redis, prefix: keys.prefix });
    bull.on('error', () => undefined);
    const queue: OpenQueue = { name, bull, events, connection };
    listen(queue, pending);
    await announce(redis, keys, [name]);
    return queue;
  };

  const queueNamed = (name: string): Promise<OpenQueue> => {
    const known = queues.get(name);
    if (known) return known;
    const opening = openQueue(name);
    queues.set(name, opening);
    // The next stage that needs it tries again.
    opening.catch(() => queues.delete(name));
    return opening;
  };

  const settled = (id: string, outcome: Outcome): void => {
    pending.get(id)?.settle(outcome);
  };

  const tick = async (): Promise<void> => {
    if (redis.status !== 'ready') {
      if (++disconnected % TICKS_TO_LOOK !== 0) return;
      for (const { id, listener } of pending.values())
        if (await listener.isMade()) settled(id, { type: 'missing' });
      return;
    }
    await announce(redis, keys, [...queues.keys()]);
    const waiting = [...pending.values()];
    const there = await Promise.all(waiting.map(({ id, queue }) => redis.exists(queue.bull.toKey(id))));
    for (const [index, one] of waiting.entries()) {
      one.missed = there[index] === 0 ? one.missed + 1 : 0;
      if (one.missed > MOST_MISSED) settled(one.id, { type: 'missing' });
      else if (!one.begun && !one.saidIdle && monotonic() - one.since > IDLE_MS) {
        one.saidIdle = true;
        one.listener.onIdle();
      }
    }
  };
  const ticking = (async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await tick().catch(() => undefined);
      await sleep(TICK_MS, ended.signal).catch(() => undefined);
    }
  })();

  return {
    shown: shownAddress(address),
    async execute(needs, id, task, listener) {
      const queue = await queueNamed(needs.name);
      const outcome = new Promise<Outcome>((resolve) => {
        pending.set(id, {
          id,
          queue,
          listener,
          settle: (one) => {
            pending.delete(id);
            resolve(one);
          },
          since: monotonic(),
          missed: 0,
          begun: false,
          saidIdle: false,
        });
      });
      try {
        await Promise.all([
          redis.del(keys.cancel(id)),
          queue.bull.add(task.job.stage, task, { jobId: id, removeOnComplete: true, removeOnFail: true }),
        ]);
      } catch (error) {
        pending.delete(id);
        throw error;
      }
      return outcome;
    },
    async cancel(id, how) {
      const queue = pending.get(id)?.queue;
      await redis.set(keys.cancel(id), how, 'EX', CANCEL_SECONDS);
      // Refused where a worker has it, which then sees the key.
      const removed = await queue?.bull.remove(id).catch(() => 0);
      if (removed === 1) settled(id, { type: 'missing' });
    },
    workers: () => workersOf(redis, keys),
    async close() {
      ended.abort();
      for (const opening of queues.values()) {
        const queue = await opening.catch(() => undefined);
        queue?.connection.disconnect();
        await queue?.events.close().catch(() => undefined);
        await queue?.bull.close().catch(() => undefined);
      }
      redis.disconnect();
      await ticking;
    },
  };
}

/** Tells the workers which queues are in use. */
async function announce(redis: Redis, keys: QueueNames, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const added = await redis.sadd(keys.classes, ...names);
  const all = redis.pipeline();
  if (added > 0)
    for (const worker of await redis.smembers(keys.workers))
      all.zadd(keys.news(worker), 0, 'class').expire(keys.news(worker), NEWS_SECONDS);
  for (const name of names) all.set(keys.class(name), '', 'EX', CLASS_SECONDS);
  await all.exec();
}

function listen({ bull, events }: OpenQueue, pending: ReadonlyMap<string, Pending>): void {
  const onReport = (id: string, report: TaskReport): void => {
    const one = pending.get(id);
    if (!one) return;
    one.begun = true;
    one.listener.onReport(report);
  };
  events.on('progress', ({ jobId, data }) => {
    onReport(jobId, data as unknown as TaskReport);
  });
  events.on('completed', ({ jobId, returnvalue }) => {
    const end = returnvalue as unknown as TaskEnd;
    onReport(jobId, end);
    pending.get(jobId)?.settle({ type: 'ended', end });
  });
  events.on('failed', ({ jobId }) => {
    pending.get(jobId)?.settle({ type: 'gave-up' });
  });
  events.on('stalled', ({ jobId }) => {
    pending.get(jobId)?.listener.onStalled();
  });
  // Another coordinator has submitted it, or this one did before it was started again.
  events.on('duplicated', ({ jobId }) => {
    if (!pending.has(jobId)) return;
    void bull
      .getJob(jobId)
      .then((job) => {
        const report = job?.progress as Partial<TaskReport> | undefined;
        if (report?.worker !== undefined) onReport(jobId, report as TaskReport);
      })
      .catch(() => undefined);
  });
}
