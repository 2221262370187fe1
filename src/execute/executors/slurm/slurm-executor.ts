/**
 * Executes jobs as jobs of a Slurm cluster that shares the store's folder. A job is handed out as a task
 * (`../task.ts`); what came of it is read from the files that its worker writes, and what Slurm says only decides how long
 * to wait for them. Jobs of a coordinator that died are found again by name.
 */
import { monotonic, sleep } from '../../../base/clock.ts';
import { PipelineError } from '../../../base/diagnostic.ts';
import { lastLines } from '../../../base/last-lines.ts';
import { stateOf, thisProcess } from '../../../base/owner.ts';
import { findWhole } from '../../../store/store.ts';
import type { CapacityOptions } from '../../capacity.ts';
import type { Executor, JobOptions, JobResult } from '../../executor.ts';
import { failureFrom } from '../../failure.ts';
import type { JobEnvironment } from '../../job/execute-job.ts';
import type { Job } from '../../job/job.ts';
import { earlierTasks, readTask, writeTask, type TaskFiles } from '../task.ts';
import { takerOf, takeTask } from '../task-list.ts';
import { watchTask } from '../watch-task.ts';
import { openBoard, type Board } from './board.ts';
import { openCanceller, type Canceller } from './canceller.ts';
import { slurmCommands } from './commands.ts';
import { follow, type Ending } from './follow.ts';
import { saysOutOfMemory } from './out-of-memory.ts';
import { openQueueNotes, type QueueNotes } from './queue-notes.ts';
import { DEFAULT_MAX_JOBS, DEFAULT_THREADS, type SlurmSettings } from './settings.ts';
import { meaningOf } from './states.ts';
import { readSubmission, takenBy, writeSubmission, type Submission } from './submission.ts';
import { openSubmitter, type Submitter } from './submitter.ts';

/** How often a task is handed out again that Slurm lost. These are not the `retries:` of the stage. */
const MOST_LOSSES = 3;

export interface Cluster extends JobEnvironment {
  readonly board: Board;
  readonly submitter: Submitter;
  readonly canceller: Canceller;
  readonly notes: QueueNotes;
  readonly settings: SlurmSettings;
  readonly detach: boolean;
  /** How often the files of each task are looked at. */
  readonly interval: () => number;
}

export function slurmExecutor(
  environment: JobEnvironment,
  settings: SlurmSettings,
  { detach = false }: { readonly detach?: boolean | undefined },
): Executor {
  const commands = slurmCommands();
  const active = new Set<JobOptions>();
  const board = openBoard(commands, {
    isNeeded: () => active.size > 0,
    onSilence: (why) => {
      const [first] = active;
      first?.onEvent({ type: 'log', level: 'warning', message: `Slurm does not answer, jobs go on: ${why}` });
    },
  });
  const submitter = openSubmitter({ commands, board, settings, ...environment });
  const canceller = openCanceller(commands, board);
  const cluster: Cluster = {
    ...environment,
    ...{ board, submitter, canceller, settings, detach },
    notes: openQueueNotes(monotonic),
    interval: () => Math.max(LOOK_MS, active.size * LOOK_EACH_MS),
  };
  return {
    name: 'slurm',
    capacity: (options) => capacityOf(options, settings),
    async run(job, options) {
      active.add(options);
      try {
        return await execute(job, cluster, options);
      } catch (error) {
        if (options.stop.aborted) return { state: 'stopped' };
        return { state: 'failed', failure: failureFrom(error, ''), seconds: 0 };
      } finally {
        active.delete(options);
      }
    },
    async close() {
      await canceller.close();
      board.close();
    },
  };
}

const LOOK_MS = 200;
/** Many tasks are looked at less often, so that a shared folder has no more to answer. */
const LOOK_EACH_MS = 4;

/** The cluster decides what runs at the same time, within what the command line allows. */
function capacityOf({ jobs, threads, memory, gpus }: CapacityOptions, settings: SlurmSettings) {
  return {
    jobs: jobs ?? settings.maxJobs ?? DEFAULT_MAX_JOBS,
    threads: Infinity,
    memory: memory ?? Infinity,
    gpu: gpus ?? Infinity,
    threadsEach: threads ?? settings.threads ?? DEFAULT_THREADS,
  };
}

interface Placed {
  readonly files: TaskFiles;
  readonly submission: Submission;
}

async function execute(job: Job, cluster: Cluster, options: JobOptions): Promise<JobResult> {
  let placed = await attach(job, cluster, options);
  let growth = 1;
  for (let losses = 0; ; losses++) {
    placed ??= await submit(job, cluster, options, growth);
    const ending = await followPlaced(job, placed, cluster, options);
    const { files, submission } = placed;
    if (takenBy(files, submission).index !== submission.index) cluster.canceller.dismiss(submission);
    if (ending.type === 'result') return ending.result;
    const { memoryGrowth } = cluster.settings;
    if (ending.class === 'out-of-memory' && memoryGrowth !== undefined && job.resources?.memory !== undefined)
      growth *= memoryGrowth;
    else if (!REPEATED.has(ending.class)) return failed(job, ending, placed);
    if (losses === MOST_LOSSES) return failed(job, ending, placed);
    const message = `${WORDS[ending.class]} (job ${ending.id}); it is submitted again, ${losses + 1} of ${MOST_LOSSES}`;
    options.onEvent({ type: 'log', level: 'warning', message });
    placed = undefined;
  }
}

async function submit(job: Job, cluster: Cluster, options: JobOptions, growth: number): Promise<Placed> {
  const files = writeTask(cluster.layout, { format: 1, project: cluster.project, job });
  const warn = (message: string): void => {
    options.onEvent({ type: 'log', level: 'warning', message });
  };
  const submission = await cluster.submitter.submit({ job, files, growth, stop: options.stop, warn });
  return { files, submission };
}

/** A job for the same task that is waiting or running: of a coordinator that died, or of one that runs as well. */
async function attach(
  job: Job,
  { layout, board }: Cluster,
  { stop }: JobOptions,
): Promise<Placed | undefined> {
  const files = earlierTasks(layout, job.key).at(-1);
  const submission = files && readSubmission(files);
  if (!submission || readTask(files.task).job.forced !== job.forced) return undefined;
  // A coordinator that was interrupted has seen to it that nobody begins with it.
  if (takerOf(files) === null) return undefined;
  await board.fresh(stop);
  const row = board.row(submission.name, takenBy(files, submission).index);
  const meaning = row && meaningOf(row);
  if (meaning !== 'queued' && meaning !== 'running') return undefined;
  // Who cancels it when interrupted: a coordinator that lives keeps it.
  if (stateOf(submission.owner) === 'alive') return { files, submission };
  const own = { ...submission, owner: thisProcess() };
  writeSubmission(files, own);
  return { files, submission: own };
}

async function followPlaced(
  job: Job,
  { files, submission }: Placed,
  { board, canceller, notes, layout, store, detach, interval }: Cluster,
  options: JobOptions,
): Promise<Ending> {
  const watch = watchTask(job, files, layout, options.onEvent);
  let taken: Submission | undefined;
  /** Where it is executed: once it has begun, that is known and stays. */
  const place = (): Submission => (watch.begun() ? (taken ??= takenBy(files, submission)) : submission);
  const isOwn = (): boolean => {
    const { pid, host, started } = readSubmission(files)?.owner ?? submission.owner;
    const self = thisProcess();
    return pid === self.pid && host === self.host && started === self.started;
  };
  const cancel = async (signal?: 'KILL'): Promise<void> => {
    // From now on, no other element of the array begins with it.
    if (submission.index !== null) giveUp(files);
    await canceller.cancel(takenBy(files, submission), signal);
  };
  const ending = await follow({
    watch,
    row: () => board.row(submission.name, place().index),
    listings: () => board.listings(),
    isStored: async () => !job.forced && (await findWhole(store, job.kind.name, job.key)) !== undefined,
    cancel: detach || !isOwn() ? undefined : cancel,
    isOwn,
    ranOut: () => saysOutOfMemory(place().log),
    notes,
    interval,
    options,
    now: monotonic,
    pause: sleep,
  });
  if (place() === submission || options.stop.aborted) return ending;
  return unlessCutShort(ending, board.row(submission.name, place().index)?.id);
}

/** A store that cannot be written keeps no job from being cancelled. */
function giveUp(files: TaskFiles): void {
  try {
    takeTask(files, null);
  } catch {
    // Nobody else can take it either.
  }
}

/** The time of a job is for the stage that it was submitted for: another that it has taken may have had too little. */
function unlessCutShort(ending: Ending, id = '?'): Ending {
  if (ending.type === 'lost')
    return ending.class === 'time-limit' ? { ...ending, class: 'cut-short' } : ending;
  return ending.result.state === 'stopped' ? { type: 'lost', class: 'cut-short', id } : ending;
}

const WORDS = {
  'node-lost': 'its node was lost',
  preempted: 'it was preempted',
  'out-of-memory': 'it ran out of memory',
  vanished: 'its job has ended or is unknown to Slurm, and reported nothing',
  'no-worker': 'the job ended before its stage began',
  'time-limit': 'the job reached its time limit',
  cancelled: 'the job was cancelled outside of this run',
  disowned: 'another coordinator cancelled it',
  'cut-short': 'another job of its array had no more time for it',
} as const satisfies Record<Extract<Ending, { type: 'lost' }>['class'], string>;

const REPEATED: ReadonlySet<string> = new Set([
  'node-lost',
  'preempted',
  'vanished',
  'disowned',
  'cut-short',
]);

const HINTS: Partial<Record<keyof typeof WORDS, string>> = {
  'out-of-memory':
    'Raise `resources.memory` of the stage, or set `slurm.memory_growth` in the configuration to try again with more.',
  'time-limit': 'Raise `timeout:` of the stage, or `slurm.time` in the configuration.',
  'no-worker':
    'Nodes need the same store, project and installation as this machine; `slurm.command` in the configuration says how to start the command there.',
};

const CODES: Partial<Record<keyof typeof WORDS, string>> = {
  'out-of-memory': 'E_MEMORY',
  'time-limit': 'E_TIMEOUT',
};

const SHOWN_LINES = 10;

function failed(job: Job, { class: what, id }: Extract<Ending, { type: 'lost' }>, placed: Placed): JobResult {
  const error = new PipelineError(
    CODES[what] ?? 'E_EXECUTOR',
    `${WORDS[what]} (job ${id} of '${job.stage}')`,
    {
      hint: HINTS[what] ?? 'Run the same command again. Finished stages are kept.',
    },
  );
  const { log } = takenBy(placed.files, placed.submission);
  const failure = { ...failureFrom(error, log), output: lastLines(log, SHOWN_LINES) };
  return { state: 'failed', failure, seconds: 0 };
}
