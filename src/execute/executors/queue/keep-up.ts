/**
 * What a worker says and asks all the time: that it is there, that it still holds its tasks, whether one of them was
 * cancelled, and which queues there are.
 */
import type { Redis } from 'ioredis';
import { sleep } from '../../../base/clock.ts';
import type { HeldTask } from './held-task.ts';
import { TICK_MS, type QueueNames, type WorkerCard } from './protocol.ts';
import type { ServedClass, ServedClasses } from './served-classes.ts';

/** The tasks of a worker by the token with which it holds each. */
export type Held = Map<string, { readonly task: HeldTask; readonly served: ServedClass }>;

/** A worker that has not said that it is there for this long is gone. */
const CARD_MS = 5_000;

export async function keepUp(
  redis: Redis,
  keys: QueueNames,
  { card, drain }: { readonly card: WorkerCard; readonly drain: AbortSignal },
  { held, classes }: { readonly held: Held; readonly classes: ServedClasses },
  ended: AbortSignal,
): Promise<void> {
  const goesOn = (): boolean => !ended.aborted;
  while (goesOn()) {
    try {
      await show(redis, keys, { ...card, draining: drain.aborted });
      await renew(held, classes);
      await obeyCancels(redis, keys, held);
      await classes.refresh();
      await sleep(TICK_MS, ended);
    } catch {
      // The connection was lost, or this is the end.
      if (goesOn()) await sleep(TICK_MS);
    }
  }
  await takeDown(redis, keys, card);
}

async function show(redis: Redis, keys: QueueNames, card: WorkerCard): Promise<void> {
  await redis
    .pipeline()
    .sadd(keys.workers, card.name)
    .set(keys.worker(card.name), JSON.stringify(card), 'PX', CARD_MS)
    .exec();
}

/** Without a connection the card expires by itself. */
async function takeDown(redis: Redis, keys: QueueNames, { name }: WorkerCard): Promise<void> {
  if (redis.status !== 'ready') return;
  await redis
    .pipeline()
    .srem(keys.workers, name)
    .del(keys.worker(name), keys.news(name))
    .exec()
    .catch(() => undefined);
}

async function renew(held: Held, classes: ServedClasses): Promise<void> {
  for (const served of classes.all()) {
    const own = [...held.values()].filter((one) => one.served.name === served.name);
    await served.renew(own.map(({ task }) => ({ id: task.queued.id!, token: task.token })));
  }
}

async function obeyCancels(redis: Redis, keys: QueueNames, held: Held): Promise<void> {
  const tasks = [...held.values()].map(({ task }) => task);
  if (tasks.length === 0) return;
  const asked = await redis.mget(tasks.map(({ queued }) => keys.cancel(queued.id!)));
  for (const [index, task] of tasks.entries()) {
    if (asked[index] === null) continue;
    task.stop.abort();
    if (asked[index] === 'kill') task.kill.abort();
  }
}
