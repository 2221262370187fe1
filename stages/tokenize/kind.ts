import { defineStage } from '../../src/stage.ts';
import { parameters, type TokenizeParams } from './parameters.ts';

export const stage = defineStage<TokenizeParams>({
  description:
    'Cuts documents and queries into words and numbers them by falling frequency. The vocabulary comes from all documents and the queries of chosen splits; words of other queries outside it are unknown.',
  parameters,
  inputs: { corpus: { type: 'corpus', description: 'Documents and queries to cut into words.' } },
  output: 'tokens',
  run: async (context) => (await import('./run.ts')).run(context),
});
