/**
 * Whoever ends a worker from outside (a scheduler, a service manager) sends its signal to the stage's processes too, and
 * they may have died of it before the worker has read its own. Such a failure is not the stage's.
 */
import { monotonic, sleep } from '../../base/clock.ts';
import type { JobResult } from '../executor.ts';

/** More than lies between the signals to the processes of a job, on a busy machine too. */
const MOMENT_MS = 1_000;
/** How long a program that got the signal may take to end. A worker that only takes no more goes on for hours. */
const CLEANUP_MS = 30_000;

/** A failure counts once a moment has passed without a signal. */
export async function failedOrStopped(
  result: JobResult,
  stop: AbortSignal,
  pause: typeof sleep = sleep,
): Promise<JobResult> {
  if (result.state !== 'failed') return result;
  await pause(MOMENT_MS, stop).catch(() => undefined);
  return stop.aborted ? { state: 'stopped' } : result;
}

/** The same for a signal after which stages go on: long afterwards, a failure has nothing to do with it. */
export function failedOrSwept(
  drain: AbortSignal,
  now: typeof monotonic = monotonic,
  pause: typeof sleep = sleep,
): (result: JobResult) => Promise<JobResult> {
  let since = drain.aborted ? now() : Infinity;
  drain.addEventListener('abort', () => (since = now()), { once: true });
  return async (result) => {
    if (now() - since > CLEANUP_MS) return result;
    return failedOrStopped(result, drain, pause);
  };
}
