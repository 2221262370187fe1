/** Opens the executor that the configuration names; the command line and the environment are part of it. */
import type { Values } from '../../config/settings.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import type { Executor } from '../executor.ts';
import type { JobEnvironment } from '../job/execute-job.ts';
import { localExecutor } from './local-executor.ts';
import { slurmSettings } from './slurm/settings.ts';

export const EXECUTORS = ['local', 'slurm', 'queue'] as const;

export interface ExecutorOptions {
  /** Leave jobs that run elsewhere running when the command is interrupted. */
  readonly detach?: boolean;
}

/** The modules of the others are loaded where they are used: a local run needs none of their code. */
export async function openExecutor(
  values: Values,
  environment: JobEnvironment,
  options: ExecutorOptions,
): Promise<Executor> {
  switch (values.executor ?? 'local') {
    case 'local':
      refuseDetach(options);
      return localExecutor(environment);
    case 'slurm': {
      const { slurmExecutor } = await import('./slurm/slurm-executor.ts');
      return slurmExecutor(environment, slurmSettings(values), options);
    }
    case 'queue': {
      const { queueExecutor } = await import('./queue/queue-executor.ts');
      return queueExecutor(values, environment, options);
    }
  }
}

function refuseDetach({ detach }: ExecutorOptions): void {
  if (detach)
    throw new PipelineError('E_USAGE', 'the local executor has nothing to leave running', {
      hint: 'Use `--detach` together with `--executor slurm` or `--executor queue`.',
    });
}
