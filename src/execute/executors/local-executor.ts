import { executeJob, type JobEnvironment } from '../job/execute-job.ts';
import type { Executor } from '../executor.ts';

/** Executes jobs on this machine, each stage in a process of its own. */
export function localExecutor(environment: JobEnvironment): Executor {
  return { name: 'local', run: (job, options) => executeJob(job, environment, options) };
}
