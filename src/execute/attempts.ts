/** `timeout` and `retries` of a stage. */
import { sleep } from '../base/clock.ts';
import type { StageSpec } from '../spec/spec.ts';
import { runInChild, type ChildOptions, type ChildResult } from './local-executor.ts';
import type { EventSink } from './events.ts';
import type { StageEnd } from './stage-end.ts';
import type { Job } from './messages.ts';

/** One execution; a stage that exceeds its timeout is asked to stop, and killed where it does not. */
export async function attempt(stage: StageSpec, job: Job, options: ChildOptions): Promise<ChildResult> {
  const { timeout } = stage;
  if (timeout === undefined) return runInChild(job, options);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, timeout * 1000);
  try {
    const result = await runInChild(job, { ...options, stop: AbortSignal.any([options.stop, late.signal]) });
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
    clearTimeout(timer);
  }
}

/** Executes again after a failure as often as the stage says, with growing pauses. */
export async function retrying(
  stage: StageSpec,
  { stop, emit }: { readonly stop: AbortSignal; readonly emit: EventSink },
  make: () => Promise<StageEnd>,
): Promise<StageEnd> {
  const { count, delay, factor, longest } = stage.retries ?? { count: 0, delay: 0, factor: 1, longest: 0 };
  for (let tried = 1; ; tried++) {
    const end = await make();
    if (end.state !== 'failed' || tried > count || stop.aborted) return end;
    const pause = Math.min(longest, delay * factor ** (tried - 1));
    emit({
      type: 'stage-log',
      stage: stage.name,
      level: 'warning',
      message: `attempt ${tried} of ${count + 1} failed: ${end.failure.message}; again in ${pause} s`,
    });
    await sleep(pause * 1000, stop);
  }
}
