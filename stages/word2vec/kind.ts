import { defineStage } from '../../src/stage.ts';
import { parameters, type Word2vecParams } from './parameters.ts';

export const stage = defineStage<Word2vecParams>({
  description:
    'Makes a vector for every word of the model vocabulary: loaded from a word2vec, GloVe or fastText file or an npm package, trained on the texts with skip-gram, or random.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'The vocabulary, and the texts to train on.' },
    files: {
      type: 'files',
      description: 'Folder with the file `path`, when an earlier stage writes it.',
      optional: true,
      rootsPaths: true,
    },
  },
  output: 'vectors',
  metrics: [
    'rejected',
    'dimensions',
    'coverage_types',
    'coverage_tokens',
    'rows_read',
    'folded',
    'estimated',
    'estimate_cosine',
    'loss',
    'loss.epoch_*',
    'words_per_second',
  ],
  run: async (context) => (await import('./run.ts')).run(context),
});
