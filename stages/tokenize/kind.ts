import { defineStage } from '../../src/stage.ts';
import { parameters, type TokenizeParams } from './parameters.ts';

export const stage = defineStage<TokenizeParams>({
  description:
    'Tokenises documents and queries into words, with ids by descending frequency. The vocabulary is built from all documents and the queries of chosen splits; other words are unknown. With `vocabulary`, that of an earlier corpus is used, so that a model trained on it can embed this one.',
  parameters,
  inputs: {
    corpus: { type: 'corpus', description: 'Documents and queries to tokenise.' },
    vocabulary: {
      type: ['tokens', 'model'],
      description:
        'Tokens of another corpus, or a model, whose normalisation, vocabulary and truncation lengths are used: those that the model was trained on. New words get ids behind them, which it knows by their n-grams alone.',
      optional: true,
    },
  },
  output: 'tokens',
  metrics: ['vocabulary', 'words', '*.tokens', '*.oov', '*.length_p50', '*.length_p95', '*.truncated'],
  run: async (context) => (await import('./run.ts')).run(context),
});
