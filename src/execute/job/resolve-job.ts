/**
 * A job resolved against this machine: its kind as it is installed here, its parameters with this project's paths, its
 * inputs as folders. The counterpart of `make-job.ts`.
 */
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { replaceAt } from '../../base/json-pointer.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import type { InputArtifact, JsonObject } from '../../stage.ts';
import type { Store } from '../../store/store.ts';
import type { Job, JobInput } from './job.ts';
import type { StartMessage } from './messages.ts';

/** Throws `E_VERSION` where the job was planned with other code than this machine would run. */
export async function kindOf(
  job: Job,
  { project, kinds }: { readonly project: string; readonly kinds: KindCatalogue },
): Promise<Kind> {
  if ((job.format as number) !== 1)
    throw new PipelineError(
      'E_VERSION',
      `the job has format ${String(job.format)}, and this version supports format 1`,
      {
        hint: 'Install the same version of the package on every machine that executes jobs.',
      },
    );
  const { name, code, module } = job.kind;
  const kind = module === null ? kinds.builtIn(name) : await kinds.module(resolve(project, module));
  if (kind?.code === code) return kind;
  const hint =
    module === null
      ? 'Install the same version of the package on every machine that executes jobs.'
      : `Copy ${module} and the modules that it imports from the machine that planned the job.`;
  throw new PipelineError(
    'E_VERSION',
    `the code of stage kind '${name}' here is not the code that the job was planned with`,
    {
      hint,
    },
  );
}

export function paramsOf({ params, paths }: Job, project: string): JsonObject {
  return replaceAt(params, new Set(paths), (path) => resolve(project, path as string)) as JsonObject;
}

/** Throws `E_STORE` where an input is gone, or is not the one that the job was planned with. */
export async function fetchInputs({ inputs }: Job, store: Store): Promise<StartMessage['inputs']> {
  const fetched: Record<string, InputArtifact | readonly InputArtifact[]> = {};
  for (const [slot, of] of Object.entries(inputs)) {
    if (!isList(of)) fetched[slot] = await fetchInput(of, store);
    else {
      const list: InputArtifact[] = [];
      for (const one of of) list.push(await fetchInput(one, store));
      fetched[slot] = list;
    }
  }
  return fetched;
}

function isList(inputs: JobInput | readonly JobInput[]): inputs is readonly JobInput[] {
  return Array.isArray(inputs);
}

async function fetchInput({ stage, kind, key, digest }: JobInput, store: Store): Promise<InputArtifact> {
  const artifact = await store.fetch(kind, key);
  if (artifact?.manifest.digest !== digest)
    throw new PipelineError(
      'E_STORE',
      `the artifact of '${stage}' is missing from the store, or has changed`,
      {
        hint: 'Run the same command again. It makes what is missing.',
      },
    );
  const { type, metrics } = artifact.manifest;
  return { type, stage, path: artifact.path, digest, metrics };
}
