import { PipelineError } from '../base/diagnostic.ts';

/** For stages whose files cannot be had although their manifests are there. */
export function inputsGone(stages: readonly string[]): PipelineError {
  const names = [...new Set(stages)].map((stage) => `'${stage}'`).join(', ');
  return new PipelineError('E_STORE', `the artifact of ${names} is missing from the store, or has changed`, {
    hint: 'Run the same command again. It makes what is missing.',
  });
}
