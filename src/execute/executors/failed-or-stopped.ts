import { sleep } from '../../base/clock.ts';
import type { JobResult } from '../executor.ts';

/** More than lies between the signals to the processes of a job, on a busy machine too. */
const MOMENT_MS = 1_000;

/**
 * A scheduler that ends a job sends its signal to the stage's processes too, and they may have died of it before this
 * process has read its own. A failure counts once a moment has passed without a signal.
 */
export async function failedOrStopped(
  result: JobResult,
  stop: AbortSignal,
  pause: typeof sleep = sleep,
): Promise<JobResult> {
  if (result.state !== 'failed') return result;
  await pause(MOMENT_MS, stop).catch(() => undefined);
  return stop.aborted ? { state: 'stopped' } : result;
}
