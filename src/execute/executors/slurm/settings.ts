import type { Values } from '../../../config/settings.ts';

/** What a configuration says about jobs of Slurm. None of it is part of a key. */
export interface SlurmSettings {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  /** Time limit of a job whose stage has no `timeout`, as Slurm writes it. */
  readonly time?: string | undefined;
  /** Further options of sbatch, each as one item. */
  readonly extra?: readonly string[] | undefined;
  /** How many jobs may be in the queue at the same time. */
  readonly maxJobs?: number | undefined;
  /** How the pipeline command is started on a node; by default this installation with this Node.js. */
  readonly command?: string | undefined;
  /** Threads of a job whose stage declares none. */
  readonly threads?: number | undefined;
  /** By how much the memory is multiplied when a job ran out of it; without it, the stage fails. */
  readonly memoryGrowth?: number | undefined;
  /** The remote store of the coordinator, whose command line the nodes do not see. */
  readonly remote?: string | undefined;
  /** False: nodes upload nothing to it. */
  readonly push?: boolean | undefined;
}

export const DEFAULT_MAX_JOBS = 1000;
export const DEFAULT_THREADS = 1;

export function slurmSettings(values: Values): SlurmSettings {
  return {
    partition: values['slurm.partition'],
    account: values['slurm.account'],
    qos: values['slurm.qos'],
    time: values['slurm.time'],
    extra: values['slurm.extra'],
    maxJobs: values['slurm.max_jobs'],
    command: values['slurm.command'],
    threads: values['slurm.threads'],
    memoryGrowth: values['slurm.memory_growth'],
    remote: values['store.remote'],
    push: values['store.push'],
  };
}
