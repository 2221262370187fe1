/** `timeout` and `retries` of a job. */
import { sleep } from '../../base/clock.ts';
import type { JobOptions, JobResult } from '../executor.ts';
import type { Job } from './job.ts';
import type { ChildOptions, ChildResult } from './process/stage-child.ts';

/** One attempt. A stage that exceeds its timeout is asked to stop, and killed where it does not. */
export async function attempt(
  { timeout }: Job,
  run: (options: ChildOptions) => Promise<ChildResult>,
  options: ChildOptions,
): Promise<ChildResult> {
  if (timeout === null) return run(options);
  const late = new AbortController();
  const ended = new AbortController();
  sleep(timeout * 1000, ended.signal).then(
    () => {
      late.abort();
    },
    () => undefined,
  );
  try {
    const result = await run({
      ...options,
      stop: AbortSignal.any([options.stop, late.signal]),
    });
    if (!late.signal.aborted || options.stop.aborted || result.type === 'done') return result;
    return {
      type: 'failed',
      code: 'E_TIMEOUT',
      message: `not finished within its timeout of ${timeout} s`,
      hint: 'Raise `timeout:` of the stage, or find out what it waits for.',
      stack: null,
      output: result.output,
    };
  } finally {
    ended.abort();
  }
}

const NO_RETRIES = { count: 0, delay: 0, factor: 1, longest: 0 };

/** Attempts again after a failure as often as the job says, with growing pauses. */
export async function retrying(
  { retries }: Job,
  { stop, onEvent }: JobOptions,
  make: () => Promise<JobResult>,
): Promise<JobResult> {
  const { count, delay, factor, longest } = retries ?? NO_RETRIES;
  for (let tried = 1; ; tried++) {
    const result = await make();
    if (result.state !== 'failed' || tried > count || stop.aborted) return result;
    const pause = Math.min(longest, delay * factor ** (tried - 1));
    onEvent({
      type: 'log',
      level: 'warning',
      message: `attempt ${tried} of ${count + 1} failed: ${result.failure.message}; again in ${pause} s`,
    });
    await sleep(pause * 1000, stop);
  }
}
