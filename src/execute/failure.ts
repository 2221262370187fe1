/** How a failure reaches events and records. */
import { PipelineError } from '../base/diagnostic.ts';
import type { StageFailure } from './events.ts';

/** An error of ours, before or after the stage's own process. */
export function failureFrom(error: unknown, log: string): StageFailure {
  const { code, message, hint } =
    error instanceof PipelineError ? error : { code: 'E_RUN', message: String(error), hint: null };
  return { code, message, hint: hint ?? null, output: [], log };
}
