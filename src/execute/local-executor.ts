import type { JobEnvironment } from './job/execute-job.ts';
import type { Executor } from './executor.ts';

/** Executes jobs on this machine, each stage in a process of its own. */
export function localExecutor(environment: JobEnvironment): Executor {
  return {
    name: 'local',
    // Loaded for the first job: a run that finds everything cached has none.
    run: async (job, options) => (await import('./job/execute-job.ts')).executeJob(job, environment, options),
  };
}
