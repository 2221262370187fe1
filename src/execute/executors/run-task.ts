/** The worker's side of a task: the job executed as on the machine that planned it, with its events and result in files. */
import { hostname } from 'node:os';
import { executeJob, type JobEnvironment } from '../job/execute-job.ts';
import type { JobOptions, JobResult } from '../executor.ts';
import { failedOrStopped } from './failed-or-stopped.ts';
import { eventWriter } from './task-events.ts';
import { readTaskResult, writeTaskResult, type Task, type TaskFiles } from './task.ts';

export interface TaskOptions extends Pick<JobOptions, 'stop' | 'kill'> {
  /** Aborted shortly before the scheduler's own time limit ends this process. */
  readonly limit: AbortSignal;
  /** Whether the limit is that of this task. Others that the process executes are handed out again when it is near. */
  readonly isOwnLimit?: boolean;
  /** Resolves when what was made is where others look for it, or when `stop` is aborted. */
  readonly uploaded?: (stop: AbortSignal) => Promise<void>;
}

/** Executes the task, unless a result says that it was. Rejects where the result cannot be written. */
export async function runTask(
  { job }: Task,
  files: TaskFiles,
  environment: JobEnvironment,
  { stop, kill, limit, isOwnLimit = true, uploaded }: TaskOptions,
): Promise<JobResult> {
  const before = readTaskResult(files);
  if (before) return before.result;
  const events = eventWriter(files.events);
  events.write({ type: 'began', host: hostname(), pid: process.pid });
  const ending = AbortSignal.any([stop, limit]);
  try {
    const executed = await executeJob(job, environment, {
      stop: ending,
      kill,
      onEvent: (event) => {
        events.write(event);
      },
    });
    const ended = await failedOrStopped(executed, ending);
    const isLate = ended.state === 'stopped' && limit.aborted && !stop.aborted;
    const result = isLate && isOwnLimit ? TIME_LIMIT : ended;
    // Whoever hears of the result may be on a machine that sees the remote store alone.
    if (result.state === 'executed') await uploaded?.(ending);
    // A task that was stopped from outside has no result: whoever stopped it knows, or hands it out again.
    if (result.state !== 'stopped' || isLate) writeTaskResult(files, { format: 1, host: hostname(), result });
    return result;
  } finally {
    events.close();
  }
}

const TIME_LIMIT: JobResult = {
  state: 'failed',
  seconds: 0,
  failure: {
    code: 'E_TIMEOUT',
    message: "not finished within the scheduler's time limit",
    hint: 'Raise `timeout:` of the stage, from which the time limit follows, or the `time` of the executor.',
    output: [],
    log: '',
  },
};
