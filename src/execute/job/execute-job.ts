/**
 * A job executed as a whole: lock, inputs, work folder, stage process, put. It needs nothing from the process that
 * planned the job, so a worker on another machine calls the same function with its own store and project.
 */
import { join } from 'node:path';
import { monotonic, timestamp } from '../../base/clock.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import { logFile as logFileOf, type StoreLayout } from '../../store/layout.ts';
import { removeFolder } from '../../store/local/folders.ts';
import { beginWork, removeWork } from '../../store/local/work.ts';
import { lockOr } from '../../store/lock.ts';
import { findWhole, type FoundArtifact, type Put, type Store } from '../../store/store.ts';
import { attempt, retrying } from './attempts.ts';
import type { StageFailure } from '../events.ts';
import type { JobOptions, JobResult } from '../executor.ts';
import { failureFrom } from '../failure.ts';
import { filesRead } from './files-read.ts';
import type { Job } from './job.ts';
import { manifestOf } from './job-manifest.ts';
import { fetchEarlier } from './fetch-earlier.ts';
import { fetchInputs, kindOf, paramsOf } from './resolve-job.ts';
import type { StartMessage } from './process/messages.ts';
import { runInChild, type ChildResult } from './process/stage-child.ts';
import { runHere } from './process/stage-here.ts';

/** What a machine executes jobs with. */
export interface JobEnvironment {
  /** The store's folder on this machine: locks, work folders, checkpoints, logs, downloads. */
  readonly layout: StoreLayout;
  readonly store: Store;
  /** Absolute path of the spec's folder on this machine. */
  readonly project: string;
  readonly kinds: KindCatalogue;
}

/** Makes the artifact, or finds that another process has made it. Never rejects. */
export async function executeJob(
  job: Job,
  environment: JobEnvironment,
  options: JobOptions,
): Promise<JobResult> {
  const { layout, store, project } = environment;
  const { stop, onEvent } = options;
  const started = monotonic();
  const logFile = logFileOf(layout, job.kind.name, job.key);
  const found = (): Promise<FoundArtifact | undefined> | undefined =>
    job.forced ? undefined : findWhole(store, job.kind.name, job.key);
  try {
    const kind = await kindOf(job, environment);
    const claim = await lockOr(join(layout.locks, job.key), found, {
      signal: stop,
      lost: options.lost,
      onWait: () => {
        onEvent({ type: 'waiting' });
      },
    });
    if ('found' in claim) return { state: 'found', seconds: secondsSince(started) };
    try {
      onEvent({ type: 'started', log: logFile });
      const fetched = await fetchInputs(job, store);
      if ('lacking' in fetched) return { state: 'lacking', inputs: fetched.lacking };
      const { inputs } = fetched;
      const params = await paramsOf(job, project, inputs);
      const earlier = await fetchEarlier(job, store);
      const execution = { job, kind, params, inputs, earlier, logFile };
      const result = await retrying(job, options, () => executeOnce(execution, environment, options));
      // A process that was taken for dead and came back may have made it meanwhile, and removed the checkpoints.
      if (result.state === 'failed' && (await found())) return { state: 'found', seconds: result.seconds };
      return result;
    } finally {
      claim.lock.release();
    }
  } catch (error) {
    if (stop.aborted) return { state: 'stopped' };
    return { state: 'failed', failure: failureFrom(error, logFile), seconds: secondsSince(started) };
  }
}

interface Execution {
  readonly job: Job;
  readonly kind: Kind;
  readonly params: StartMessage['params'];
  readonly inputs: StartMessage['inputs'];
  readonly earlier: StartMessage['earlier'];
  readonly logFile: string;
}

/** One attempt in a work folder of its own. Rejects where the store cannot be used: a retry would not help. */
async function executeOnce(
  { job, kind, params, inputs, earlier, logFile }: Execution,
  { layout, store, project }: JobEnvironment,
  { stop, kill, onEvent }: JobOptions,
): Promise<JobResult> {
  const files = await filesRead(job, params, layout.cache);
  if (files.unlikeKey.length > 0) return { state: 'changed', when: 'before', changes: files.unlikeKey };
  const work = beginWork(layout, job.key);
  const began = { started: timestamp(), clock: monotonic() };
  try {
    const start: StartMessage = {
      type: 'start',
      module: kind.module,
      params,
      inputs,
      earlier,
      output: work.output,
      scratch: work.scratch,
      resume: work.resume,
      downloads: layout.downloads,
      project,
      threads: job.threads,
      strict: job.strict,
      engine: job.engine,
    };
    const run = needsProcess(kind, job) ? runInChild : runHere;
    const result = await attempt(job, (options) => run(start, options), {
      logFile,
      stop,
      kill,
      onMessage: onEvent,
    });
    const seconds = secondsSince(began.clock);
    const changes = await files.changes();
    // What it has kept for the next attempt may come of the changed files.
    if (changes.length > 0) removeFolder(work.resume);
    if (result.type === 'failed')
      return stop.aborted
        ? { state: 'stopped' }
        : { state: 'failed', failure: failureOf(result, logFile), seconds };
    if (changes.length > 0) return { state: 'changed', when: 'during', changes };
    const manifest = manifestOf(job, kind, result, { started: began.started, seconds });
    const { state } = await store.put(
      { folder: work.output, work: work.folder, manifest },
      { replace: job.forced },
    );
    removeFolder(work.resume);
    const message = PUT_WARNINGS[state];
    if (message !== undefined) onEvent({ type: 'log', level: 'warning', message });
    return { state: 'executed', seconds };
  } finally {
    removeWork(layout, work.folder);
  }
}

/** A stage that watches what its programs read prepares files for them, which takes a while. */
function needsProcess({ origin, declaration }: Kind, { strict }: Job): boolean {
  return strict || origin !== 'built-in' || declaration.onlyRunsPrograms !== true;
}

const PUT_WARNINGS: Partial<Record<Put['state'], string>> = {
  replaced: 'not reproducible: this execution gave other bytes than the one before, which it replaces',
  conflict: 'not reproducible: another process stored other bytes for the same key first, and they are kept',
};

function failureOf(result: Extract<ChildResult, { type: 'failed' }>, log: string): StageFailure {
  const { code, message, hint, output } = result;
  return { code, message, hint, output: result.stack === null ? output : [], log };
}

function secondsSince(start: number): number {
  return (monotonic() - start) / 1000;
}
