/** How a failure reaches events and records. */
import { systemError } from '../base/system-error.ts';
import type { StageFailure } from './events.ts';

/** An error of ours, before or after the stage's own process. */
export function failureFrom(error: unknown, log: string): StageFailure {
  const { code, message, hint } = systemError('E_RUN', 'the run cannot go on', error);
  return { code, message, hint: hint ?? null, output: [], log };
}
