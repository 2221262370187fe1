/** What a coordinator makes of the states of a job, without a cluster: those that a test cannot bring about at will. */
import { describe, expect, it } from 'vitest';
import type { JobEvent, JobResult } from '../../../../src/execute/executor.ts';
import { follow, type Ending, type Following } from '../../../../src/execute/executors/slurm/follow.ts';
import { openQueueNotes } from '../../../../src/execute/executors/slurm/queue-notes.ts';
import type { Row } from '../../../../src/execute/executors/slurm/states.ts';

interface Step {
  /** `STATE` or `STATE reason`; null for a job that is in no listing. */
  readonly state: string | null;
  readonly result?: JobResult;
  readonly begun?: boolean;
  readonly silence?: number;
}

/** Plays the steps, one a second; the last stays. */
async function followed(
  steps: readonly Step[],
  more: Partial<Following> = {},
): Promise<{ readonly ending: Ending; readonly seconds: number; readonly events: readonly JobEvent[] }> {
  let second = 0;
  const events: JobEvent[] = [];
  const step = (): Step => steps[Math.min(second, steps.length - 1)]!;
  const never = new AbortController().signal;
  const ending = await follow({
    watch: {
      look: () => step().result,
      begun: () => step().begun ?? true,
      silence: () => step().silence ?? 0,
    },
    row: (): Row | undefined => {
      const [state, reason = 'None'] = step().state?.split(' ') ?? [];
      return state === undefined ? undefined : { id: '7', name: 'p', index: null, state, reason };
    },
    listings: () => second,
    isStored: () => Promise.resolve(false),
    cancel: undefined,
    isOwn: () => true,
    ranOut: () => false,
    notes: openQueueNotes(() => second * 1000),
    interval: () => 1000,
    options: { stop: never, kill: never, onEvent: (event) => events.push(event) },
    now: () => second * 1000,
    pause: () => {
      second += 1;
      if (second > 1000) throw new Error('it does not end');
      return Promise.resolve();
    },
    ...more,
  });
  return { ending, seconds: second, events };
}

const DONE: JobResult = { state: 'executed', seconds: 1 };
const KILLED: JobResult = {
  state: 'failed',
  seconds: 1,
  failure: {
    code: 'E_PROCESS',
    message: "the stage's process was killed by SIGKILL",
    hint: null,
    output: [],
    log: '',
  },
};

describe('a job of Slurm', () => {
  it('has ended when its worker says so, whatever Slurm says', async () => {
    const { ending } = await followed([{ state: 'RUNNING' }, { state: 'RUNNING', result: DONE }]);
    expect(ending).toEqual({ type: 'result', result: DONE });
  });

  it('may report half a minute after it has left the queue', async () => {
    const late = Array.from({ length: 30 }, (): Step => ({ state: 'COMPLETED' }));
    const { ending } = await followed([...late, { state: 'COMPLETED', result: DONE }]);
    expect(ending).toEqual({ type: 'result', result: DONE });
  });

  it('is done where the store has the artifact and no report came', async () => {
    const { ending } = await followed([{ state: 'COMPLETED' }], { isStored: () => Promise.resolve(true) });
    expect(ending).toMatchObject({ result: { state: 'found' } });
  });

  it.each([
    ['NODE_FAIL', 'node-lost'],
    ['PREEMPTED', 'preempted'],
    ['OUT_OF_MEMORY', 'out-of-memory'],
    ['TIMEOUT', 'time-limit'],
    ['CANCELLED', 'cancelled'],
  ])('that ends as %s is lost within seconds: %s', async (state, what) => {
    const { ending, seconds } = await followed([{ state: 'RUNNING' }, { state }]);
    expect(ending).toEqual({ type: 'lost', class: what, id: '7' });
    expect(seconds).toBeLessThanOrEqual(8);
  });

  it('that another coordinator took over and cancelled is not failed', async () => {
    const { ending } = await followed([{ state: 'CANCELLED' }], { isOwn: () => false });
    expect(ending).toMatchObject({ class: 'disowned' });
  });

  it('that fails before its worker began shows a fault of the node’s set-up', async () => {
    const { ending } = await followed([{ state: 'FAILED NonZeroExitCode', begun: false }]);
    expect(ending).toMatchObject({ class: 'no-worker' });
  });

  it('that the controller forgot is lost after three listings where it never began', async () => {
    const { ending, seconds } = await followed([{ state: null, begun: false }]);
    expect(ending).toMatchObject({ class: 'vanished' });
    expect(seconds).toBe(3);
  });

  it('that the controller forgot goes on while its worker gives signs of life', async () => {
    const alive = Array.from({ length: 100 }, (): Step => ({ state: null }));
    const { ending } = await followed([...alive, { state: null, result: DONE }]);
    expect(ending).toEqual({ type: 'result', result: DONE });
  });

  it('that the controller forgot is lost when its worker is silent for a minute', async () => {
    const { ending } = await followed([{ state: null, silence: 61_000 }]);
    expect(ending).toMatchObject({ class: 'vanished' });
  });

  it('that is requeued is waited for again', async () => {
    const requeued: Step[] = [{ state: 'NODE_FAIL' }, { state: 'PENDING' }, { state: 'RUNNING' }];
    const { ending } = await followed([...requeued, { state: 'RUNNING', result: DONE }]);
    expect(ending).toEqual({ type: 'result', result: DONE });
  });

  it('whose stage the system killed ran out of memory if Slurm says so', async () => {
    const { ending } = await followed([
      { state: 'RUNNING', result: KILLED },
      { state: 'OUT_OF_MEMORY', result: KILLED },
    ]);
    expect(ending).toMatchObject({ result: { failure: { code: 'E_MEMORY' } } });
  });

  it.each(['FAILED JobLaunchFailure', 'FAILED NonZeroExitCode'])(
    'whose own output says that memory was used up ran out of it, though Slurm reports %s',
    async (state) => {
      const { ending } = await followed([{ state: 'RUNNING' }, { state }], { ranOut: () => true });
      expect(ending).toMatchObject({ class: 'out-of-memory' });
    },
  );

  it('says once for each reason what it waits for, and warns where somebody has to act', async () => {
    const { events } = await followed([
      { state: 'PENDING ', begun: false },
      { state: 'PENDING Resources', begun: false },
      { state: 'PENDING Resources', begun: false },
      { state: 'PENDING QOSMaxJobsPerUserLimit', begun: false },
      { state: 'RUNNING', result: DONE },
    ]);
    expect(
      events.map((event) => ('where' in event ? event.where : 'message' in event && event.message)),
    ).toEqual([
      'Slurm, job 7',
      'Slurm, job 7: Resources',
      'job 7 waits in Slurm: QOSMaxJobsPerUserLimit',
      'Slurm, job 7: QOSMaxJobsPerUserLimit',
    ]);
  });
});
