/** The queues that a worker serves: those in use of whose resource class it has enough, found while it runs. */
import type { Redis } from 'ioredis';
import type { Worker } from 'bullmq';
import { LOCK_MS, MOST_DEATHS, STALLED_MS, type QueueNames, type WorkerCard } from './protocol.ts';
import { parseClass, serves, type ResourceClass } from './resource-class.ts';
import type { QueuedTask } from './held-task.ts';

export interface ServedClass extends ResourceClass {
  /** The next task of this queue, if there is one. */
  next(token: string): Promise<QueuedTask | undefined>;
  /** Holds tasks for another `LOCK_MS`. */
  renew(tasks: readonly { readonly id: string; readonly token: string }[]): Promise<void>;
  /** The key that gets an entry when a task is added. */
  readonly marker: string;
}

export interface ServedClasses {
  /** Those that ask for most first: the fewest machines can serve them. */
  all(): readonly ServedClass[];
  /** Begins to serve the queues that came into use, and leaves those that went out of it. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export async function servedClasses(
  redis: Redis,
  keys: QueueNames,
  card: WorkerCard,
): Promise<ServedClasses> {
  const { Worker } = await import('./library.ts');
  const served = new Map<string, { readonly served: ServedClass; readonly bull: Worker }>();
  const open = (needs: ResourceClass): { readonly served: ServedClass; readonly bull: Worker } => {
    // Tasks are fetched one at a time by the worker's loop, which shares its slots among all queues.
    const bull = new Worker(needs.name, null, {
      connection: redis,
      prefix: keys.prefix,
      name: card.name,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: MOST_DEATHS,
    });
    bull.on('error', () => undefined);
    void bull.startStalledCheckTimer();
    const next = (token: string): Promise<QueuedTask | undefined> =>
      bull.getNextJob(token, { block: false }) as Promise<QueuedTask | undefined>;
    const renew: ServedClass['renew'] = async (tasks) => {
      if (tasks.length === 0) return;
      const ids = tasks.map(({ id }) => id);
      await bull.extendJobLocks(
        ids,
        tasks.map(({ token }) => token),
        LOCK_MS,
      );
    };
    return { served: { ...needs, next, renew, marker: bull.toKey('marker') }, bull };
  };
  const byDemand = (a: ServedClass, b: ServedClass): number =>
    (b.resources.gpu ?? 0) - (a.resources.gpu ?? 0) || (b.resources.memory ?? 0) - (a.resources.memory ?? 0);
  return {
    all: () => [...served.values()].map((one) => one.served).sort(byDemand),
    async refresh() {
      const names = (await redis.smembers(keys.classes)).sort();
      const inUse = names.length === 0 ? [] : await redis.mget(names.map(keys.class));
      for (const [index, name] of names.entries()) {
        if (inUse[index] === null) {
          await redis.srem(keys.classes, name);
          await served.get(name)?.bull.close(true);
          served.delete(name);
        } else if (!served.has(name)) {
          const parsed = parseClass(name);
          if (parsed && serves(card, parsed)) served.set(name, open(parsed));
        }
      }
    },
    async close() {
      await Promise.all([...served.values()].map(({ bull }) => bull.close(true)));
      served.clear();
    },
  };
}
