/**
 * One job from submission to result. The store decides whether it is done; what the queue says, and that it says nothing,
 * are hints. A task that got lost is submitted again, one that a worker refused goes to another.
 */
import { findWhole, type FoundArtifact, type Store } from '../../../store/store.ts';
import { logFile, type StoreLayout } from '../../../store/layout.ts';
import { sleep } from '../../../base/clock.ts';
import type { JobEvent, JobOptions, JobResult } from '../../executor.ts';
import type { Job } from '../../job/job.ts';
import type { Desk, Outcome, TaskListener } from './desk.ts';
import { mirrorLog, type LogMirror } from './log-mirror.ts';
import type { Refusal, TaskReport } from './protocol.ts';
import { taskId } from './protocol.ts';
import { classOf, serves, type ResourceClass } from './resource-class.ts';

export interface FollowSettings {
  readonly layout: StoreLayout;
  readonly store: Store;
  /** Identities of its stores: that of the folder first, then that of a remote store. */
  readonly stores: readonly string[];
  /** The spec's folder from the top of its project. */
  readonly folder: string;
  /** Leave tasks in the queue when the run is interrupted. */
  readonly detach: boolean;
  /** What a user types to start a worker, without a password. */
  readonly workerCommand: string;
}

/** A worker that does not end a cancelled task within this time is not waited for. */
const CANCEL_MS = 15_000;

export async function followTask(
  job: Job,
  { stop, kill, onEvent }: JobOptions,
  desk: Desk,
  settings: FollowSettings,
): Promise<JobResult> {
  const { store } = settings;
  const id = taskId(job, settings.stores.at(-1)!);
  const needs = classOf(job);
  const refusedBy: string[] = [];
  const before = job.forced ? await findWhole(store, job.kind.name, job.key) : undefined;
  const made = async (): Promise<FoundArtifact | undefined> => {
    const found = await findWhole(store, job.kind.name, job.key, { fresh: true });
    return found && found.manifest.producer.started !== before?.manifest.producer.started ? found : undefined;
  };
  const task = listenTo(job, needs, desk, settings, onEvent);
  const listener: TaskListener = { ...task, isMade: async () => (await made()) !== undefined };
  const isStopped = (): boolean => stop.aborted;
  for (;;) {
    if (isStopped()) return { state: 'stopped' };
    const submitted = {
      format: 1,
      job,
      folder: settings.folder,
      stores: settings.stores,
      refusedBy,
    } as const;
    const outcome = await orStopped(desk.execute(needs, id, submitted, listener), { stop, kill }, (how) =>
      settings.detach ? undefined : desk.cancel(id, how),
    );
    if (outcome.type === 'stopped') return { state: 'stopped' };
    if (outcome.type === 'gave-up') return manyDeaths(task.log);
    if (outcome.type === 'missing') {
      const artifact = await made();
      if (artifact)
        return { state: task.started() ? 'executed' : 'found', seconds: artifact.manifest.producer.seconds };
      if (!isStopped()) onEvent(AGAIN);
      continue;
    }
    const { result, worker } = outcome.end;
    if (result.state === 'refused') {
      onEvent(refusalEvent(worker, result));
      refusedBy.push(worker);
      if (!(await hasOther(desk, needs, refusedBy))) return refusedByAll(worker, result, task.log);
    } else if (result.state === 'failed') return { ...result, failure: { ...result.failure, log: task.log } };
    else if (result.state === 'found' && task.started()) return { ...result, state: 'executed' };
    // Stopped by somebody else: another coordinator that wanted it, or the worker's machine.
    else if (result.state !== 'stopped') return result;
  }
}

const AGAIN: JobEvent = {
  type: 'log',
  level: 'info',
  message: 'the queue no longer has the task, and its result is not in the store; it is submitted again',
};

/** Passes on what happens on the worker, in this machine's terms. */
function listenTo(
  job: Job,
  needs: ResourceClass,
  desk: Desk,
  { layout, workerCommand }: FollowSettings,
  onEvent: JobOptions['onEvent'],
): Omit<TaskListener, 'isMade'> & { readonly log: string; readonly started: () => boolean } {
  const log = logFile(layout, job.kind.name, job.key);
  let mirror: LogMirror | undefined;
  let worker: string | undefined;
  const begin = (report: TaskReport): void => {
    if (!report.started || report.worker === worker) return;
    worker = report.worker;
    mirror = report.sameFolder ? undefined : mirrorLog(log);
    onEvent({ type: 'started', log });
    onEvent({ type: 'log', level: 'info', message: `executes on ${worker}` });
  };
  return {
    log,
    started: () => worker !== undefined,
    onReport(report) {
      begin(report);
      for (const event of report.events) {
        if (event.type === 'started') continue;
        if (event.type === 'log') mirror?.write(event);
        onEvent(event);
      }
    },
    onStalled() {
      onEvent({
        type: 'log',
        level: 'info',
        message: `${worker ?? 'its worker'} has stopped answering; another takes over`,
      });
    },
    onIdle() {
      void desk
        .workers()
        .then((workers) => {
          const fit = workers.filter((card) => !card.draining && serves(card, needs));
          if (fit.length > 0) return;
          const which =
            workers.length === 0
              ? 'no worker listens'
              : `none of ${workers.length} workers has what it needs`;
          onEvent({
            type: 'log',
            level: 'warning',
            message: `the stage waits: ${which} at ${desk.shown} (${needsText(needs)})`,
            hint: `Start one: ${workerCommand}.`,
          });
        })
        .catch(() => undefined);
    },
  };
}

function needsText({ engine, resources: { memory, gpu } }: ResourceClass): string {
  return [
    engine === 'any' ? 'any engine' : `engine ${engine}`,
    ...(memory === undefined ? [] : [`${(memory / 1e9).toFixed(1)} GB of memory`]),
    ...(gpu ? [`${gpu} GPU`] : []),
  ].join(', ');
}

type Stopped = { readonly type: 'stopped' };

/** Waits for the outcome; where the run is stopped meanwhile, the task is cancelled and its end waited for, but not for ever. */
async function orStopped(
  work: Promise<Outcome>,
  { stop, kill }: Pick<JobOptions, 'stop' | 'kill'>,
  cancel: (how: 'stop' | 'kill') => Promise<void> | undefined,
): Promise<Outcome | Stopped> {
  const ended = new AbortController();
  const stopped = new Promise<Stopped>((resolve) => {
    const give = (): void => {
      resolve({ type: 'stopped' });
    };
    const onStop = (): void => {
      const asked = cancel('stop');
      if (!asked) {
        give();
        return;
      }
      asked.catch(() => undefined);
      sleep(CANCEL_MS, ended.signal).then(give, () => undefined);
    };
    const onKill = (): void => {
      cancel('kill')?.catch(() => undefined);
    };
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop, { signal: ended.signal });
    kill.addEventListener('abort', onKill, { signal: ended.signal });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    ended.abort();
    work.catch(() => undefined);
  }
}

async function hasOther(desk: Desk, needs: ResourceClass, refusedBy: readonly string[]): Promise<boolean> {
  const workers = await desk.workers();
  return workers.some((card) => !card.draining && serves(card, needs) && !refusedBy.includes(card.name));
}

function refusalEvent(worker: string, { failure: { message, hint } }: Refusal): JobEvent {
  return {
    type: 'log',
    level: 'warning',
    message: `${worker} refuses it: ${message}`,
    ...(hint === null ? {} : { hint }),
  };
}

function refusedByAll(worker: string, { failure }: Refusal, log: string): JobResult {
  const message = `no worker can execute it; ${worker}: ${failure.message}`;
  return { state: 'failed', seconds: 0, failure: { ...failure, message, output: [], log } };
}

function manyDeaths(log: string): JobResult {
  return {
    state: 'failed',
    seconds: 0,
    failure: {
      code: 'E_PROCESS',
      message: 'every worker that took the stage has died, one after the other',
      hint: 'It may need more memory than they have: declare `resources: {memory: …}`, so that only larger machines take it.',
      output: [],
      log,
    },
  };
}
