import { expect, it } from 'vitest';
import type { JobResult } from '../../../src/execute/executor.ts';
import { failedOrStopped, failedOrSwept } from '../../../src/execute/executors/failed-or-stopped.ts';

const FAILED: JobResult = {
  state: 'failed',
  seconds: 1,
  failure: { code: 'E_COMMAND', message: 'ended with signal SIGTERM', hint: null, output: [], log: '' },
};

it('a stage that died of the signal that its worker reads a moment later was stopped', async () => {
  const stop = new AbortController();
  const pause = (): Promise<void> => {
    stop.abort();
    return Promise.reject(new Error('aborted'));
  };
  expect(await failedOrStopped(FAILED, stop.signal, pause)).toEqual({ state: 'stopped' });
});

it('a stage that failed without a signal has failed', async () => {
  const { signal } = new AbortController();
  expect(await failedOrStopped(FAILED, signal, () => Promise.resolve())).toBe(FAILED);
});

it('an artifact that was made counts, whatever comes', async () => {
  const made: JobResult = { state: 'executed', seconds: 1 };
  expect(await failedOrStopped(made, AbortSignal.abort(), () => Promise.reject(new Error('no pause')))).toBe(
    made,
  );
});

/** A worker that was asked to take no more stages that many seconds before its stage fails. */
function drained(seconds: number): Promise<JobResult> {
  const drain = new AbortController();
  let now = 0;
  const unlessSwept = failedOrSwept(
    drain.signal,
    () => now,
    () => Promise.reject(new Error('aborted')),
  );
  drain.abort();
  now = seconds * 1000;
  return unlessSwept(FAILED);
}

it('a stage that fails soon after its worker was asked to end may have got the same signal', async () => {
  expect(await drained(5)).toEqual({ state: 'stopped' });
});

it('a stage that fails long after its worker was asked to end has failed', async () => {
  expect(await drained(60)).toBe(FAILED);
});
