import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';

/** All errors of a spec, each once. */
export function specError(diagnostics: readonly Diagnostic[]): PipelineError {
  const distinct = new Map(diagnostics.map((one) => [JSON.stringify(one), one]));
  return new PipelineError('E_SPEC', 'the spec has errors', { diagnostics: [...distinct.values()] });
}
