/** Which executor a command uses: the flag, else the environment, else the configuration, else this machine. */
import { PipelineError } from '../../base/diagnostic.ts';
import type { Executor } from '../executor.ts';
import type { JobEnvironment } from '../job/execute-job.ts';
import { localExecutor } from './local-executor.ts';
import type { SlurmSettings } from './slurm/settings.ts';

export const EXECUTORS = ['local', 'slurm', 'queue'] as const;

export type ExecutorName = (typeof EXECUTORS)[number];

export interface ExecutorOptions {
  readonly executor?: ExecutorName;
  /** Leave jobs that run elsewhere running when the command is interrupted. */
  readonly detach?: boolean;
}

export interface ExecutorChoice {
  readonly name: ExecutorName;
  readonly slurm: SlurmSettings;
}

/** Throws `E_USAGE` where the environment names none that there is. */
export function executorName(asked: ExecutorName | undefined, configured?: ExecutorName): ExecutorName {
  if (asked !== undefined) return asked;
  const given = process.env['PIPELINE_EXECUTOR'];
  if (!given) return configured ?? 'local';
  const name = EXECUTORS.find((one) => one === given);
  if (name) return name;
  throw new PipelineError('E_USAGE', `PIPELINE_EXECUTOR names no executor: ${given}`, {
    hint: `It must be one of ${EXECUTORS.join(', ')}.`,
  });
}

/** The modules of the others are loaded where they are used: a local run needs none of their code. */
export async function openExecutor(
  { name, slurm }: ExecutorChoice,
  environment: JobEnvironment,
  options: ExecutorOptions,
): Promise<Executor> {
  switch (name) {
    case 'local':
      refuseDetach(options);
      return localExecutor(environment);
    case 'slurm': {
      const { slurmExecutor } = await import('./slurm/slurm-executor.ts');
      return slurmExecutor(environment, slurm, options);
    }
    case 'queue':
      throw new PipelineError('E_USAGE', `the executor ${name} is not part of this version`, {
        hint: 'Use `--executor local`.',
      });
  }
}

function refuseDetach({ detach }: ExecutorOptions): void {
  if (detach)
    throw new PipelineError('E_USAGE', 'the local executor has nothing to leave running', {
      hint: 'Use `--detach` together with `--executor slurm` or `--executor queue`.',
    });
}
