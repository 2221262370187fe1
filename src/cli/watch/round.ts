/**
 * One run of `run --watch`, which a change can overtake: then no further stage starts, running stages whose keys have
 * changed are stopped, and the others finish.
 */
import type { Executor, JobOptions, JobResult } from '../../execute/executor.ts';
import type { Job } from '../../execute/job/job.ts';
import type { Key } from '../../base/hash.ts';

export interface Round {
  /** For the run: it ends when everything that still matters has ended. */
  readonly stop: AbortSignal;
  /** Lets the round know of every job. */
  wrap(executor: Executor): Executor;
  /** Ends the round; `keyNow` gives the present key of a stage, undefined where it is open or there is none. */
  overtake(keyNow: (stage: string) => Key | undefined): void;
}

interface Running {
  readonly key: Key;
  readonly stop: AbortController;
}

/** `interrupted` ends the round at once. */
export function beginRound(interrupted: AbortSignal): Round {
  const ended = new AbortController();
  const running = new Map<string, Running>();
  let isOvertaken = false;

  const endIfIdle = (): void => {
    if (isOvertaken && running.size === 0) ended.abort();
  };
  const run = async (executor: Executor, job: Job, options: JobOptions): Promise<JobResult> => {
    if (isOvertaken) return { state: 'stopped' };
    const own = new AbortController();
    running.set(job.stage, { key: job.key, stop: own });
    try {
      return await executor.run(job, { ...options, stop: AbortSignal.any([options.stop, own.signal]) });
    } finally {
      running.delete(job.stage);
      endIfIdle();
    }
  };
  return {
    stop: AbortSignal.any([interrupted, ended.signal]),
    wrap: (executor) => ({ ...executor, run: (job, options) => run(executor, job, options) }),
    overtake(keyNow): void {
      isOvertaken = true;
      for (const [stage, { key, stop }] of running) if (keyNow(stage) !== key) stop.abort();
      endIfIdle();
    },
  };
}
