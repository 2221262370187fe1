/** One task in a worker: from the queue, through the same execution as on the coordinator's machine, to its report. */
import { resolve } from 'node:path';
import type { Job as QueueJob } from 'bullmq';
import { now } from '../../../base/clock.ts';
import type { Key } from '../../../base/hash.ts';
import { thisProcess } from '../../../base/owner.ts';
import type { KindCatalogue } from '../../../kinds/kind.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Store } from '../../../store/store.ts';
import { failureFrom } from '../../failure.ts';
import type { JobEvent, JobResult } from '../../executor.ts';
import { executeJob, type JobEnvironment } from '../../job/execute-job.ts';
import type { QueueTask, Refusal, TaskEnd, TaskReport } from './protocol.ts';
import { refusalOf } from './refusal.ts';
import { reportSender } from './report-sender.ts';

export type QueuedTask = QueueJob<QueueTask, TaskEnd, string, TaskReport & object>;

/** What a worker executes tasks with. */
export interface WorkerEnvironment {
  readonly worker: string;
  readonly layout: StoreLayout;
  readonly store: Store;
  /** Identities of its stores: that of the folder first, then that of a remote store. */
  readonly stores: readonly string[];
  /** Puts an artifact of the local store into the remote one, where there is one. */
  readonly publish?: ((kind: string, key: Key) => Promise<void>) | undefined;
  /** The top of the project on this machine. */
  readonly project: string;
  /** The code may be exchanged while the worker runs: `again` reads what is installed now. */
  readonly kinds: (how?: 'again') => KindCatalogue;
}

export interface HeldTask {
  readonly queued: QueuedTask;
  readonly token: string;
  /** Compute threads for the stage. */
  readonly threads: number;
  /** Asks the stage to stop. */
  readonly stop: AbortController;
  readonly kill: AbortController;
  /** The worker is stopping: the task goes back into the queue. */
  givesBack: boolean;
  /** Tells a stage that failed from one that was ended together with its worker. */
  readonly unlessSwept: (result: JobResult) => Promise<JobResult>;
}

/** How it left this worker. */
export type TaskOutcome =
  JobResult | Refusal | { readonly state: 'passed-on' } | { readonly state: 'gave-up' };

/** A task that this worker has refused comes up again until another takes it. */
const PASSED_ON_MS = 1_000;

export interface TaskListeners {
  readonly onEvent: (event: JobEvent) => void;
  /** The machine has no more work with it: what is left is to tell the queue, during which the next task may begin. */
  readonly onDone: () => void;
}

/** Rejects where the queue cannot be told; the artifact is in the store all the same. */
export async function executeTask(
  held: HeldTask,
  environment: WorkerEnvironment,
  { onEvent, onDone }: TaskListeners,
): Promise<TaskOutcome> {
  const { queued, token, threads } = held;
  const task = queued.data;
  if (queued.deferredFailure) {
    await queued.moveToFailed(new Error(queued.deferredFailure), token, false);
    return { state: 'gave-up' };
  }
  if (task.refusedBy.includes(environment.worker)) {
    await queued.moveToDelayed(now() + PASSED_ON_MS, token);
    return { state: 'passed-on' };
  }
  const withKinds = (kinds: KindCatalogue): JobEnvironment => ({
    layout: environment.layout,
    store: environment.store,
    project: resolve(environment.project, task.folder),
    kinds,
  });
  const sameFolder = task.stores.includes(environment.stores[0]!);
  const reports = reportSender({ worker: environment.worker, sameFolder }, (report) =>
    queued.updateProgress(report),
  );
  // Not waited for: it is on its way before the lock in the store is taken, and without it a successor only waits longer.
  queued.updateData({ ...task, holder: thisProcess() }).catch(() => undefined);
  let here = withKinds(environment.kinds());
  let refusal = await refusalOf(task, environment.stores, here);
  if (refusal) {
    here = withKinds(environment.kinds('again'));
    refusal = await refusalOf(task, environment.stores, here);
  }
  const executed =
    refusal ??
    (await executeJob({ ...task.job, threads: Math.min(threads, task.job.threads) }, here, {
      stop: held.stop.signal,
      kill: held.kill.signal,
      lost: task.holder,
      onEvent: (event) => {
        onEvent(event);
        reports.add(event);
      },
    }));
  const result = executed.state === 'failed' ? await held.unlessSwept(executed) : executed;
  if (result.state === 'stopped' && executed.state === 'failed') held.givesBack = true;
  const ended = await published(result, task, sameFolder, environment);
  const report = reports.end();
  onDone();
  if (result.state === 'stopped' && held.givesBack) await queued.moveToWait(token);
  else await queued.moveToCompleted({ ...report, result: ended }, token, false);
  return ended;
}

/** The coordinator looks for the artifact as soon as it hears of it, so it has to be there before. */
async function published(
  result: JobResult | Refusal,
  { job }: QueueTask,
  sameFolder: boolean,
  { publish }: WorkerEnvironment,
): Promise<JobResult | Refusal> {
  if (!publish || (result.state !== 'executed' && result.state !== 'found')) return result;
  try {
    await publish(job.kind.name, job.key);
    return result;
  } catch (error) {
    if (sameFolder) return result;
    return { state: 'failed', seconds: result.seconds, failure: failureFrom(error, '') };
  }
}
