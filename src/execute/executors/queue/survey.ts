/** What there is at the address of a queue: the server, the workers that live, and the tasks. It changes nothing. */
import type { Redis } from 'ioredis';
import { queueNames, type QueueNames, type WorkerCard } from './protocol.ts';
import { evictionPolicy, openConnection } from './redis.ts';
import { parseClass, type ResourceClass } from './resource-class.ts';

export interface Server {
  /** `Redis` or `Valkey`. */
  readonly name: string;
  readonly version: string;
  /** Undefined where the server does not say it. */
  readonly evictionPolicy: string | undefined;
  /** In bytes; a `maxMemory` of 0 is no limit. */
  readonly usedMemory: number;
  readonly maxMemory: number;
}

/** The tasks of one resource class. */
export interface ClassTasks {
  readonly needs: ResourceClass;
  readonly waiting: number;
  readonly executing: number;
}

export interface Survey {
  readonly server: Server;
  readonly workers: readonly WorkerCard[];
  readonly tasks: readonly ClassTasks[];
}

/** Throws `E_QUEUE` where there is no server. */
export async function surveyQueue(address: string, queue?: string): Promise<Survey> {
  const keys = queueNames(queue);
  const redis = await openConnection(address);
  try {
    return {
      server: await serverOf(redis),
      workers: await workersOf(redis, keys),
      tasks: await tasksOf(redis, keys),
    };
  } finally {
    redis.disconnect();
  }
}

/** Those that have said lately that they are there. */
export async function workersOf(redis: Redis, keys: QueueNames): Promise<WorkerCard[]> {
  const names = (await redis.smembers(keys.workers)).sort();
  if (names.length === 0) return [];
  const cards = await redis.mget(names.map(keys.worker));
  return cards.flatMap((card) => (card === null ? [] : [JSON.parse(card) as WorkerCard]));
}

async function serverOf(redis: Redis): Promise<Server> {
  const info = await redis.info();
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  return {
    name: valkey === undefined ? 'Redis' : 'Valkey',
    version: valkey ?? field('redis_version') ?? 'unknown',
    evictionPolicy: evictionPolicy(info),
    usedMemory: Number(field('used_memory') ?? 0),
    maxMemory: Number(field('maxmemory') ?? 0),
  };
}

async function tasksOf(redis: Redis, keys: QueueNames): Promise<ClassTasks[]> {
  const { Queue } = await import('./library.ts');
  const tasks: ClassTasks[] = [];
  for (const name of (await redis.smembers(keys.classes)).sort()) {
    const needs = parseClass(name);
    if (!needs) continue;
    const queue = new Queue(name, { connection: redis, prefix: keys.prefix, skipMetasUpdate: true });
    queue.on('error', () => undefined);
    const { active = 0, ...waiting } = await queue.getJobCounts('active', 'wait', 'delayed', 'prioritized');
    await queue.close();
    tasks.push({
      needs,
      executing: active,
      waiting: Object.values(waiting).reduce((sum, count) => sum + count, 0),
    });
  }
  return tasks;
}
