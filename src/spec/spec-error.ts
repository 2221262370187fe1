import { distinct, PipelineError, type Diagnostic } from '../base/diagnostic.ts';

/** All errors of a spec, each once. */
export function specError(diagnostics: readonly Diagnostic[]): PipelineError {
  return new PipelineError('E_SPEC', 'the spec has errors', { diagnostics: distinct(diagnostics) });
}
