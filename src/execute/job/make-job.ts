/** The planner's decision to run a stage → the job to execute. Nothing here reads the store or the disk. */
import { isAbsolute, relative } from 'node:path';
import { ownPackage } from '../../base/installation.ts';
import { replaceAt } from '../../base/json-pointer.ts';
import type { JsonObject } from '../../base/json.ts';
import { givesList, type Kind } from '../../kinds/kind.ts';
import { isOutside } from '../../plan/external-paths.ts';
import type { Reusable } from '../../plan/reusable.ts';
import type { StageSpec } from '../../spec/spec.ts';
import type { Engine } from '../../stage.ts';
import type { FoundArtifact } from '../../store/store.ts';
import type { Job, JobEarlier, JobInput, JobKind } from './job.ts';
import type { ToRun } from '../stage-end.ts';

export interface JobSettings {
  /** Absolute path of the spec's folder. */
  readonly project: string;
  readonly threads: number;
  readonly engine: Engine | null;
  readonly strict?: boolean;
}

/** Kinds that do not compute with floats get an engine too; they ignore it, and their keys do not contain it. */
const NO_ENGINE: Engine = { backend: 'wasm', precision: 'exact', device: 'cpu', version: '' };

export function makeJob(
  stage: StageSpec,
  { key, document, reasons, reusable }: ToRun,
  inputs: ReadonlyMap<string, FoundArtifact>,
  { project, threads, engine, strict = false }: JobSettings,
): Job {
  const paths = stage.paths.filter(isOutside).map(({ pointer }) => pointer);
  return {
    format: 1,
    version: ownPackage().version,
    key,
    document,
    stage: stage.name,
    kind: jobKind(stage.kind, project),
    params: replaceAt(stage.with, new Set(paths), (path) => portable(path as string, project)) as JsonObject,
    paths,
    rooted: Object.fromEntries(
      stage.paths.flatMap(({ pointer, rootedIn }) => (rootedIn === undefined ? [] : [[pointer, rootedIn]])),
    ),
    inputs: jobInputs(stage, inputs),
    earlier: reusable ? jobEarlier(stage, reusable) : null,
    engine: engine ?? NO_ENGINE,
    threads,
    strict,
    resources: stage.resources ?? null,
    timeout: stage.timeout ?? null,
    retries: stage.retries ?? null,
    forced: reasons.some(({ type }) => type === 'forced'),
  };
}

function jobKind({ name, code, file }: Kind, project: string): JobKind {
  return { name, code, module: file === undefined ? null : portable(file, project) };
}

/** A path below the project without the project; any other stays absolute. */
function portable(path: string, project: string): string {
  const below = relative(project, path);
  return isAbsolute(below) || /^\.\.(\/|$)/.test(below) ? path : below || '.';
}

function jobEarlier(stage: StageSpec, { artifact, inputs }: Reusable): JobEarlier {
  return {
    artifact: jobInput(stage.name, artifact),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([slot, input]) => [slot, jobInput(stage.inputs[slot]![0]!, input)]),
    ),
  };
}

function jobInput(stage: string, { manifest: { kind, key, digest } }: FoundArtifact): JobInput {
  return { stage, kind, key, digest };
}

function jobInputs(stage: StageSpec, inputs: ReadonlyMap<string, FoundArtifact>): Job['inputs'] {
  const one = (name: string): JobInput => jobInput(name, inputs.get(name)!);
  return Object.fromEntries(
    Object.entries(stage.inputs).map(([slot, names]) => [
      slot,
      givesList(stage.kind, slot, names.length) ? names.map(one) : one(names[0]!),
    ]),
  );
}
