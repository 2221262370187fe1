/**
 * What coordinators and workers say to each other through Redis. Nothing here matters: the artifact in the store is the
 * result, and a coordinator submits again whatever Redis has lost.
 */
import type { Owner } from '../../../base/owner.ts';
import type { JobEvent, JobResult } from '../../executor.ts';
import type { StageFailure } from '../../events.ts';
import type { Job } from '../../job/job.ts';

/** A worker holds a task this long without renewing it. */
export const LOCK_MS = 5_000;
/** How often workers look for tasks whose holder has stopped renewing them: two looks in a row show one. */
export const STALLED_MS = 1_000;
/** How often each side tells the other that it is there, and renews what it holds. */
export const TICK_MS = 500;
/** So often may the worker of a task die before the task is given up. */
export const MOST_DEATHS = 10;

/** A stage to execute, as it waits in a queue. */
export interface QueueTask {
  readonly format: 1;
  readonly job: Job;
  /** The spec's folder, from the top of its project (`project-top.ts`). */
  readonly folder: string;
  /** The stores in which the coordinator will look for the artifact (`store/identity.ts`). */
  readonly stores: readonly string[];
  /** Names of workers that cannot execute it. */
  readonly refusedBy: readonly string[];
  /** The worker that has it, or had it when it died. */
  readonly holder?: Owner;
}

/** What a worker says while it has a task. */
export interface TaskReport {
  readonly worker: string;
  /** Worker and coordinator use one folder as their store, so that the coordinator sees the log that is written there. */
  readonly sameFolder: boolean;
  readonly started: boolean;
  /** What happened since the last report. */
  readonly events: readonly JobEvent[];
}

/** What a worker says at the end. */
export interface TaskEnd extends TaskReport {
  readonly result: JobResult | Refusal;
}

/** The worker cannot execute the task; another may. */
export interface Refusal {
  readonly state: 'refused';
  readonly failure: Pick<StageFailure, 'code' | 'message' | 'hint'>;
}

/** What a worker says about itself, as long as it lives. */
export interface WorkerCard {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly threads: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpu: number;
  /** Digests of the engines that it has (`resource-class.ts`). */
  readonly engines: readonly string[];
  /** Of the built-in kinds, as it found them when it was started (`kinds/installed-code.ts`). */
  readonly code: string;
  /** Identities of its stores, as in a task. */
  readonly stores: readonly string[];
  /** It takes no further tasks. */
  readonly draining: boolean;
}

/** One task for everything that makes the same artifact in the same store, however often it is submitted. */
export function taskId({ kind, key, forced }: Job, store: string): string {
  return `${kind.name}-${key}-${store.slice(0, 8)}${forced ? '-forced' : ''}`;
}

/** The names in Redis of one queue, as users name it: several projects may share a server. */
export interface QueueNames {
  /** Before the names of BullMQ. */
  readonly prefix: string;
  /** The names of the resource classes in use; each has a key of its own that expires. */
  readonly classes: string;
  readonly class: (name: string) => string;
  /** Gets an entry when a class comes into use, so that a worker that waits for tasks looks at once. */
  readonly news: (worker: string) => string;
  /** The names of the workers; each has a key of its own that expires. */
  readonly workers: string;
  readonly worker: (name: string) => string;
  /** `stop` or `kill`, for the worker that has the task. */
  readonly cancel: (task: string) => string;
}

/** The number is raised where what is said changes. The braces keep the names of a queue on one node of a cluster. */
export function queueNames(queue = 'pipeline'): QueueNames {
  const prefix = `{${queue}-1}`;
  return {
    prefix,
    classes: `${prefix}:classes`,
    class: (name) => `${prefix}:class:${name}`,
    news: (worker) => `${prefix}:news:${worker}`,
    workers: `${prefix}:workers`,
    worker: (name) => `${prefix}:worker:${name}`,
    cancel: (task) => `${prefix}:cancel:${task}`,
  };
}
