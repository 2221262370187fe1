/** What may execute at the same time: a number of stages, and sums over what they declare under `resources`. */
import { availableParallelism, totalmem } from 'node:os';
import type { Resources, StageSpec } from '../spec/spec.ts';

export interface Capacity {
  readonly jobs: number;
  readonly threads: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpu: number;
  /** Threads of a stage that declares none, where `threads` is no number to divide: a cluster has no end. */
  readonly threadsEach?: number;
}

export interface CapacityOptions {
  readonly jobs?: number;
  readonly threads?: number;
  readonly memory?: number;
  readonly gpus?: number;
}

/** The resources that stages may use at the same time: by default those of the machine. */
export function capacityOf({ jobs, threads, memory, gpus }: CapacityOptions): Capacity {
  return {
    jobs: jobs ?? availableParallelism(),
    threads: threads ?? availableParallelism(),
    memory: memory ?? totalmem(),
    gpu: gpus ?? 1,
  };
}

const COUNTED = ['threads', 'memory', 'gpu'] as const;

/** What a stage waits for while others run: one of the stages that may run at a time, or a part of what it declares. */
export type Shortage = 'jobs' | (typeof COUNTED)[number];

/** A stage, as far as it asks for resources. */
type Asking = Pick<StageSpec, 'resources'>;

/** Counts the resources of the stages that execute. */
export interface Account {
  /** What the stage has to wait for, if anything; a stage that asks for more than there is runs alone. */
  readonly lacks: (stage: Asking) => Shortage | undefined;
  /** True where no further stage fits, whatever it asks for. */
  readonly full: () => boolean;
  readonly take: (stage: Asking) => void;
  readonly give: (stage: Asking) => void;
}

export function openAccount(capacity: Capacity): Account {
  let running = 0;
  const used = { threads: 0, memory: 0, gpu: 0 };
  const change = (resources: Resources | undefined, sign: 1 | -1): void => {
    running += sign;
    for (const name of COUNTED) used[name] += sign * Math.min(resources?.[name] ?? 0, capacity[name]);
  };
  return {
    lacks({ resources }): Shortage | undefined {
      if (running >= capacity.jobs) return 'jobs';
      if (running === 0) return undefined;
      return COUNTED.find((name) => {
        const wanted = Math.min(resources?.[name] ?? 0, capacity[name]);
        return wanted > 0 && used[name] + wanted > capacity[name];
      });
    },
    full: () => running >= capacity.jobs,
    take: ({ resources }) => {
      change(resources, 1);
    },
    give: ({ resources }) => {
      change(resources, -1);
    },
  };
}
