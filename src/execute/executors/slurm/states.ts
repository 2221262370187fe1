/** What Slurm says about a job, and what it means for a task. The store decides what was made. */

/** One line of squeue. */
export interface Row {
  /** `123`, or `123_4` for the element of an array. */
  readonly id: string;
  readonly name: string;
  /** Position in its array; null for a job without one. */
  readonly index: number | null;
  readonly state: string;
  readonly reason: string;
}

export type Meaning =
  | 'queued'
  | 'running'
  | 'ended'
  | 'failed'
  | 'cancelled'
  | 'time-limit'
  | 'out-of-memory'
  | 'preempted'
  | 'node-lost';

/** Separates the fields: no name and no reason contains it. */
const SEPARATOR = '|';
export const FORMAT = ['%i', '%T', '%r', '%j'].join(SEPARATOR);

/** Lines of other programs in between, such as a banner of the site, are skipped. */
export function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    const [id, state, reason, ...name] = line.trim().split(SEPARATOR);
    const match = /^\d+(?:_(\d+))?$/.exec(id ?? '');
    if (!match || name.length === 0) return [];
    const index = match[1] === undefined ? null : Number(match[1]);
    return [{ id: id!, name: name.join(SEPARATOR), index, state: state!, reason: reason! }];
  });
}

/** `12_3`, `12_4`, `7` → `12_[3,4]`, `7`: the elements of an array are one request to the controller. */
export function arraysOf(ids: readonly string[]): string[] {
  const elements = new Map<string, string[]>();
  for (const id of ids) {
    const [job, element] = id.split('_') as [string, string?];
    elements.set(job, [...(elements.get(job) ?? []), ...(element === undefined ? [] : [element])]);
  }
  return [...elements].map(([job, list]) => (list.length === 0 ? job : `${job}_[${list.join(',')}]`));
}

/** Whether Slurm says why the job is in its state. */
export const hasReason = ({ reason }: Row): boolean => reason !== '' && reason !== 'None';

const MEANINGS: Readonly<Record<string, Meaning>> = {
  COMPLETED: 'ended',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TIMEOUT: 'time-limit',
  DEADLINE: 'time-limit',
  OUT_OF_MEMORY: 'out-of-memory',
  PREEMPTED: 'preempted',
  REVOKED: 'preempted',
  NODE_FAIL: 'node-lost',
  BOOT_FAIL: 'node-lost',
  LAUNCH_FAILED: 'node-lost',
  RUNNING: 'running',
  COMPLETING: 'running',
  SUSPENDED: 'running',
  STOPPED: 'running',
  SIGNALING: 'running',
  RESIZING: 'running',
  STAGE_OUT: 'running',
};

/** Slurm could not start the job's script, or lost it: the node's fault and not the stage's. */
const LAUNCH_FAULTS = /^(JobLaunchFailure|RaisedSignal|LaunchFailed)/;

/** Every other state is one of waiting: pending, configuring, requeued, held. */
export function meaningOf({ state, reason }: Pick<Row, 'state' | 'reason'>): Meaning {
  const meaning = MEANINGS[state] ?? 'queued';
  return meaning === 'failed' && LAUNCH_FAULTS.test(reason) ? 'node-lost' : meaning;
}
