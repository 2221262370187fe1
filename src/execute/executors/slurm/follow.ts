/**
 * Follows one task until it has ended. Its files say what came of it. What Slurm says only tells how long to wait for
 * them: on a network file system a result may arrive seconds after the job has left the queue.
 */
import { aborted } from '../../../base/aborted.ts';
import type { JobOptions, JobResult } from '../../executor.ts';
import type { TaskWatch } from '../watch-task.ts';
import type { QueueNotes } from './queue-notes.ts';
import { hasReason, meaningOf, type Meaning, type Row } from './states.ts';

export type LossClass =
  | 'node-lost'
  | 'preempted'
  | 'out-of-memory'
  | 'time-limit'
  | 'cancelled'
  /** It was cancelled by another coordinator, which had taken it over. */
  | 'disowned'
  /** It was begun by another job of its array, whose time was over. */
  | 'cut-short'
  /** It is in no listing any more, and nothing came of it. */
  | 'vanished'
  /** It failed before `pipeline exec` began. */
  | 'no-worker';

export type Ending =
  | { readonly type: 'result'; readonly result: JobResult }
  | { readonly type: 'lost'; readonly class: LossClass; readonly id: string };

export interface Following {
  readonly watch: TaskWatch;
  /** The job's row in the last listing. */
  readonly row: () => Row | undefined;
  /** How many listings there were. */
  readonly listings: () => number;
  readonly isStored: () => Promise<boolean>;
  /** Absent where the job is to go on when this coordinator stops. */
  readonly cancel: ((signal?: 'KILL') => Promise<void>) | undefined;
  readonly isOwn: () => boolean;
  /** Whether the job's own output says that its memory was used up. */
  readonly ranOut: () => boolean;
  readonly notes: QueueNotes;
  readonly interval: () => number;
  readonly options: JobOptions;
  readonly now: () => number;
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** How long after the end of its job the result of a task may still come. */
const LATE_MS: Readonly<Record<Exclude<Meaning, 'queued' | 'running'>, number>> = {
  ended: 60_000,
  failed: 10_000,
  cancelled: 2_000,
  'time-limit': 5_000,
  'out-of-memory': 5_000,
  preempted: 2_000,
  'node-lost': 2_000,
};
/** A worker that writes nothing for this long, and is in no listing, is gone. */
const SILENCE_MS = 60_000;
/** A job that never began and is in none of this many listings was lost by the controller. */
const ABSENT_LISTINGS = 3;
/** A job that is asked to stop is killed by Slurm after half a minute, by default. */
const CANCEL_MS = 45_000;
/** How long a stage that was killed by the system is looked at for the reason that Slurm may give. */
const REASON_MS = 4_000;

export async function follow(following: Following): Promise<Ending> {
  const { watch, options, pause, interval, now } = following;
  const tell = tellingOfQueue(following);
  const ended = deadline(now);
  let absentSince = following.listings();
  let id = '?';
  for (;;) {
    if (options.stop.aborted) return stopped(following);
    const result = watch.look();
    if (result) return { type: 'result', result: await explained(result, following) };
    const row = following.row();
    if (row) {
      id = row.id;
      absentSince = following.listings();
      tell(row);
    }
    const meaning = row && meaningOf(row);
    if (meaning === 'running') following.notes.runs();
    if (meaning === 'queued' || meaning === 'running') ended.clear();
    else if (meaning !== undefined) {
      if (await following.isStored()) return found();
      if (ended.passed(LATE_MS[meaning])) return { type: 'lost', class: lossOf(meaning, following), id };
    } else if (following.listings() - absentSince >= ABSENT_LISTINGS) {
      if (await following.isStored()) return found();
      if (!watch.begun() || watch.silence() > SILENCE_MS) return { type: 'lost', class: 'vanished', id };
    }
    await pause(interval(), options.stop).catch(() => undefined);
  }
}

function found(): Ending {
  return { type: 'result', result: { state: 'found', seconds: 0 } };
}

/** A time that begins when it is first asked for. */
function deadline(now: () => number): { passed(milliseconds: number): boolean; clear(): void } {
  let since: number | undefined;
  return {
    passed: (milliseconds) => now() - (since ??= now()) > milliseconds,
    clear: () => {
      since = undefined;
    },
  };
}

/** Says once for each reason why the job does not run yet. */
function tellingOfQueue({ watch, notes, options }: Following): (row: Row) => void {
  let last: string | undefined;
  return (row) => {
    if (watch.begun() || meaningOf(row) !== 'queued') return;
    notes.waits(row, options.onEvent);
    if (row.reason === last) return;
    last = row.reason;
    const why = hasReason(row) ? `: ${row.reason}` : '';
    options.onEvent({ type: 'queued', where: `Slurm, job ${row.id}${why}` });
  };
}

function lossOf(
  meaning: Exclude<Meaning, 'queued' | 'running'>,
  { watch, isOwn, ranOut }: Following,
): LossClass {
  if ((meaning === 'failed' || meaning === 'node-lost') && ranOut()) return 'out-of-memory';
  switch (meaning) {
    case 'cancelled':
      return isOwn() ? 'cancelled' : 'disowned';
    case 'ended':
      return 'vanished';
    case 'failed':
      // A worker that began and reports nothing was killed, or was asked to stop by its node.
      return watch.begun() ? 'node-lost' : 'no-worker';
    case 'time-limit':
    case 'out-of-memory':
    case 'preempted':
    case 'node-lost':
      return meaning;
  }
}

/** Of a stage that the system killed, Slurm may know that its memory was used up. */
async function explained(
  result: JobResult,
  { row, ranOut, now, pause, options }: Following,
): Promise<JobResult> {
  if (result.state !== 'failed' || !/SIGKILL/.test(result.failure.message)) return result;
  const begun = now();
  while (now() - begun < REASON_MS && !options.stop.aborted) {
    const current = row();
    const meaning = current && meaningOf(current);
    if (meaning === 'out-of-memory' || ranOut())
      return {
        ...result,
        failure: {
          ...result.failure,
          code: 'E_MEMORY',
          message: `it ran out of the memory of its job${current ? ` (${current.id})` : ''}`,
          hint: 'Raise `resources.memory` of the stage.',
        },
      };
    if (meaning !== 'running') break;
    await pause(100);
  }
  return result;
}

/** After an interrupt: the job is cancelled, and its end awaited, unless it is to go on. */
async function stopped(following: Following): Promise<Ending> {
  const { watch, options, cancel, pause, now } = following;
  const stop: Ending = { type: 'result', result: { state: 'stopped' } };
  if (!cancel) return stop;
  await Promise.race([cancel(), aborted(options.kill)]);
  const [seen, since] = [following.listings(), now()];
  while (!options.kill.aborted && now() - since < CANCEL_MS) {
    const result = watch.look();
    if (result) return { type: 'result', result };
    const row = following.row();
    const meaning = row && meaningOf(row);
    if (meaning !== 'queued' && meaning !== 'running' && following.listings() > seen) return stop;
    await pause(100, options.kill).catch(() => undefined);
  }
  await cancel('KILL');
  return stop;
}
