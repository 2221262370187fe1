import { defineStage } from '../../src/stage.ts';
import { parameters, type TokenizeParams } from './parameters.ts';

export const stage = defineStage<TokenizeParams>({
  description:
    'Tokenises documents and queries into words, with ids by descending frequency. The vocabulary is built from all documents and the queries of chosen splits; other words are unknown.',
  parameters,
  inputs: { corpus: { type: 'corpus', description: 'Documents and queries to tokenise.' } },
  output: 'tokens',
  metrics: ['vocabulary', 'words', '*.tokens', '*.oov', '*.length_p50', '*.length_p95', '*.truncated'],
  run: async (context) => (await import('./run.ts')).run(context),
});
