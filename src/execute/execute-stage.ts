/** One stage from its decision to its artifact: lock, work folder, process, commit. */
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { monotonic, timestamp } from '../base/clock.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { ownPackage } from '../base/installation.ts';
import { givesList } from '../kinds/kind.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { Engine, InputArtifact } from '../stage.ts';
import {
  commitArtifact,
  removeFolder,
  removeWork,
  wholeArtifact,
  type Artifact,
} from '../store/local/artifacts.ts';
import type { StoreLayout } from '../store/layout.ts';
import { lockOr } from '../store/lock.ts';
import { digestOfFiles, type Manifest } from '../store/manifest.ts';
import { beginWork, type WorkFolder } from '../store/local/work.ts';
import { attempt, retrying } from './attempts.ts';
import type { ChildResult, runInChild } from './local-executor.ts';
import type { EventSink, StageFailure } from './events.ts';
import type { StageEnd, ToRun } from './stage-end.ts';

export interface StageEnvironment {
  readonly layout: StoreLayout;
  readonly project: string;
  readonly threads: number;
  readonly engine: Engine | null;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

/** The run was stopped before the stage was finished; what it had done is not kept. */
const INTERRUPTED: StageEnd = { state: 'skipped', because: 'the run was interrupted' };

/** Kinds that do not compute with floats get an engine too; they ignore it, and their keys do not hold it. */
const NO_ENGINE: Engine = { backend: 'wasm', precision: 'exact', device: 'cpu', version: '' };

/** Makes the artifact, or finds that another process has made it meanwhile. */
export async function executeStage(
  stage: StageSpec,
  toRun: ToRun,
  inputs: ReadonlyMap<string, Artifact>,
  environment: StageEnvironment,
): Promise<StageEnd> {
  const { layout, emit, stop } = environment;
  const forced = toRun.reasons.some((reason) => reason.type === 'forced');
  const found = (): Artifact | undefined =>
    forced ? undefined : wholeArtifact(layout, stage.kind.name, toRun.key);
  const started = monotonic();
  const seconds = (): number => (monotonic() - started) / 1000;
  const logFile = join(layout.logs, `${stage.kind.name}-${toRun.key.slice(0, 16)}.log`);
  try {
    const claim = await lockOr(join(layout.locks, toRun.key), found, {
      signal: stop,
      onWait: () => {
        emit({ type: 'stage-waiting', stage: stage.name });
      },
    });
    if ('found' in claim) return { state: 'cached', artifact: claim.found, seconds: seconds() };
    try {
      emit({ type: 'stage-started', stage: stage.name, reasons: toRun.reasons });
      return await retrying(stage, environment, () => make(stage, toRun, inputs, environment, logFile));
    } finally {
      claim.lock.release();
    }
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    return { state: 'failed', failure: failureFrom(error, logFile), seconds: seconds() };
  }
}

async function make(
  stage: StageSpec,
  toRun: ToRun,
  inputs: ReadonlyMap<string, Artifact>,
  environment: StageEnvironment,
  logFile: string,
): Promise<StageEnd> {
  const { layout, stop, kill, emit } = environment;
  const work = beginWork(layout, toRun.key);
  const started = timestamp();
  const start = monotonic();
  try {
    const result = await attempt(stage, jobFor(stage, work, inputs, environment), {
      logFile,
      stop,
      kill,
      onMessage: (message) => {
        if (message.type === 'progress') emit({ ...message, type: 'stage-progress', stage: stage.name });
        else emit({ ...message, type: 'stage-log', stage: stage.name });
      },
    });
    const seconds = (monotonic() - start) / 1000;
    if (result.type === 'failed')
      return stop.aborted ? INTERRUPTED : { state: 'failed', failure: failureOf(result, logFile), seconds };
    const manifest = manifestOf(stage, toRun, result, { started, seconds, threads: environment.threads });
    const { artifact, earlier } = commitArtifact(layout, work.folder, work.output, manifest);
    removeFolder(work.resume);
    if (earlier === 'replaced')
      emit({
        type: 'stage-log',
        stage: stage.name,
        level: 'warning',
        message: 'not reproducible: this execution gave other bytes than the one before, which it replaces',
      });
    return { state: 'executed', artifact, seconds };
  } finally {
    removeWork(layout, work.folder);
  }
}

function jobFor(
  stage: StageSpec,
  work: WorkFolder,
  inputs: ReadonlyMap<string, Artifact>,
  { layout, project, threads, engine }: StageEnvironment,
): Parameters<typeof runInChild>[0] {
  const one = (name: string): InputArtifact => {
    const { path, manifest } = inputs.get(name)!;
    return { type: manifest.type, stage: name, path, digest: manifest.digest, metrics: manifest.metrics };
  };
  const slots = Object.entries(stage.inputs).map(([slot, names]) => [
    slot,
    givesList(stage.kind, slot, names.length) ? names.map(one) : one(names[0]!),
  ]);
  return {
    type: 'job',
    stage: stage.name,
    kind: stage.kind.name,
    module: stage.kind.module,
    params: stage.with,
    inputs: Object.fromEntries(slots) as Parameters<typeof runInChild>[0]['inputs'],
    output: work.output,
    scratch: work.scratch,
    resume: work.resume,
    downloads: layout.downloads,
    project,
    threads,
    engine: engine ?? NO_ENGINE,
  };
}

function manifestOf(
  stage: StageSpec,
  { key, document }: ToRun,
  result: Extract<ChildResult, { type: 'done' }>,
  timing: { readonly started: string; readonly seconds: number; readonly threads: number },
): Manifest {
  return {
    format: 1,
    kind: stage.kind.name,
    key,
    digest: digestOfFiles(result.files),
    type: stage.kind.declaration.output,
    keyDocument: document,
    files: result.files,
    metrics: result.metrics,
    headline: result.headline,
    producer: {
      version: ownPackage().version,
      node: process.version,
      platform: `${platform()}-${arch()}`,
      peakMemoryBytes: result.peakMemoryBytes,
      ...timing,
    },
  };
}

function failureOf(result: Extract<ChildResult, { type: 'failed' }>, log: string): StageFailure {
  const { code, message, hint, output } = result;
  return { code, message, hint, output: result.stack === null ? output : [], log };
}

export function failureFrom(error: unknown, log: string): StageFailure {
  const { code, message, hint } =
    error instanceof PipelineError ? error : { code: 'E_RUN', message: String(error), hint: null };
  return { code, message, hint: hint ?? null, output: [], log };
}
