/**
 * Where jobs are executed: the seam for a cluster or a queue. The coordinator plans, hands over each job whose inputs
 * are in the store, and afterwards looks the artifact up in the store: an executor's report alone proves nothing.
 */
import type { Owner } from '../base/owner.ts';
import type { Progress, StageWarning } from '../stage.ts';
import type { StageFailure } from './events.ts';
import type { Capacity, CapacityOptions } from './capacity.ts';
import type { Job, JobInput } from './job/job.ts';

export interface Executor {
  readonly name: string;
  /** What stages may use at the same time where they execute; absent where that is this machine. */
  readonly capacity?: (options: CapacityOptions) => Capacity;
  /**
   * Executes the job, or waits for another process that makes the same artifact. Never rejects: whatever goes wrong
   * is a result. `stopped` is only for a job that ended because `stop` was aborted.
   */
  run(job: Job, options: JobOptions): Promise<JobResult>;
  /** Ends what it keeps open between jobs, such as a connection. Jobs that it left running go on. */
  close?(): Promise<void>;
}

export interface JobOptions {
  /** Asks the stage to stop; it is killed where it has not stopped after a grace period. */
  readonly stop: AbortSignal;
  /** Kills it at once. */
  readonly kill: AbortSignal;
  readonly onEvent: (event: JobEvent) => void;
  /** The process that had this job before and has died: its lock is not waited for. */
  readonly lost?: Owner | undefined;
}

export type JobEvent =
  /** The job waits in the queue of its executor; `where` says in which, and for what if that is known. */
  | { readonly type: 'queued'; readonly where: string }
  /** Another process is making the same artifact; this one waits for it. */
  | { readonly type: 'waiting' }
  | { readonly type: 'started'; /** The file that gets everything it prints. */ readonly log: string }
  | ({ readonly type: 'progress' } & Progress)
  | ({ readonly type: 'log'; readonly level: 'info' | 'warning' } & StageWarning);

export type JobResult =
  /** `executed`: the job put its artifact. `found`: another process did. Either way the store has it now. */
  | { readonly state: 'executed' | 'found'; readonly seconds: number }
  | { readonly state: 'failed'; readonly seconds: number; readonly failure: StageFailure }
  /**
   * Files that it reads are not those of its key (`before`), or were written while it ran (`during`). Nothing was
   * stored; the stage needs a new plan.
   */
  | { readonly state: 'changed'; readonly when: 'before' | 'during'; readonly changes: readonly string[] }
  /** Inputs that the store has no files of, though it may have their manifests. Nothing was executed. */
  | { readonly state: 'lacking'; readonly inputs: readonly JobInput[] }
  | { readonly state: 'stopped' };
