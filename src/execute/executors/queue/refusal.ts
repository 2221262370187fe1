/** Whether a worker can execute a task at all, found before anything of it begins. */
import { existsSync } from 'node:fs';
import { PipelineError } from '../../../base/diagnostic.ts';
import type { JobEnvironment } from '../../job/execute-job.ts';
import { kindOf } from '../../job/resolve-job.ts';
import { failureFrom } from '../../failure.ts';
import type { QueueTask, Refusal } from './protocol.ts';

/** `stores`: identities of the stores that this worker writes to. */
export async function refusalOf(
  task: QueueTask,
  stores: readonly string[],
  environment: JobEnvironment,
): Promise<Refusal | undefined> {
  try {
    checkFormat(task);
    checkStore(task, stores, environment);
    checkProject(task, environment);
    await kindOf(task.job, environment);
    return undefined;
  } catch (error) {
    const { code, message, hint } = failureFrom(error, '');
    return { state: 'refused', failure: { code, message, hint } };
  }
}

function checkFormat({ format }: QueueTask): void {
  if ((format as number) === 1) return;
  throw new PipelineError(
    'E_VERSION',
    `the task has format ${String(format)}, and this worker knows format 1`,
    {
      hint: 'Install the same version of the package on every machine, and start the worker again.',
    },
  );
}

function checkStore({ stores }: QueueTask, own: readonly string[], { layout }: JobEnvironment): void {
  if (stores.some((store) => own.includes(store))) return;
  throw new PipelineError('E_STORE', `its store ${layout.root} is not the store of the run`, {
    hint: 'Start the worker with `--store` and the folder that the machines share, or give all of them the same remote store.',
  });
}

function checkProject({ job }: QueueTask, { project }: JobEnvironment): void {
  const needsProject = job.kind.module !== null || job.paths.length > 0;
  if (!needsProject || existsSync(project)) return;
  throw new PipelineError('E_INPUT', `the project of the run is not there: there is no folder ${project}`, {
    hint: 'Copy the project to that machine and start the worker in it, or name it with `--project`.',
  });
}
