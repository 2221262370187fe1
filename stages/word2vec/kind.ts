import { defineStage } from '../../src/stage.ts';
import { parameters, type Word2vecParams } from './parameters.ts';

export const stage = defineStage<Word2vecParams>({
  description:
    'Gives every word that models know a vector: loaded from a word2vec, GloVe or fastText file, trained on the texts by skip-gram, or random.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'The vocabulary, and the texts to train on.' },
    files: {
      type: 'files',
      description: 'Where `path` lies, when a stage makes the file.',
      optional: true,
      rootsPaths: true,
    },
  },
  output: 'vectors',
  run: async (context) => (await import('./run.ts')).run(context),
});
