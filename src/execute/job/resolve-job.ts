/**
 * A job resolved against this machine: its kind as it is installed here, its parameters with this project's paths, its
 * inputs as folders. The counterpart of `make-job.ts`.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { replaceAt, valueAt } from '../../base/json-pointer.ts';
import { filesOf } from '../../base/walk.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import type { InputArtifact, JsonObject } from '../../stage.ts';
import { MANIFEST } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';
import type { Job, JobInput } from './job.ts';
import type { StartMessage } from './process/messages.ts';

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

/** Throws `E_INPUT` where an input does not contain a path that is relative to it. */
export async function paramsOf(
  { params, paths, rooted }: Job,
  project: string,
  inputs: StartMessage['inputs'],
): Promise<JsonObject> {
  const insideInputs = await pathsInside(params, rooted, inputs);
  return replaceAt(
    params,
    new Set([...paths, ...insideInputs.keys()]),
    (path, pointer) => insideInputs.get(pointer) ?? resolve(project, path as string),
  ) as JsonObject;
}

async function pathsInside(
  params: JsonObject,
  rooted: Job['rooted'],
  inputs: StartMessage['inputs'],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [pointer, slot] of Object.entries(rooted)) {
    const root = inputs[slot] as InputArtifact;
    const path = join(root.path, valueAt(params, pointer) as string);
    // A folder without files is there too.
    if (!existsSync(path) && (await filesOf(path)).length === 0) throw await notInside(root, path);
    found.set(pointer, path);
  }
  return found;
}

const MOST_NAMED = 5;

async function notInside({ path: root, stage }: InputArtifact, path: string): Promise<PipelineError> {
  const names = (await filesOf(root)).map(({ name }) => name).filter((name) => name !== MANIFEST);
  const listed = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), '…'] : names;
  return new PipelineError('E_INPUT', `the artifact of '${stage}' contains no ${relative(root, path)}`, {
    hint: `It contains ${listed.join(', ') || 'no files'}.`,
  });
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
