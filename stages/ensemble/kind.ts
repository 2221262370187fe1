import { defineStage } from '../../src/stage.ts';
import { parameters, type EnsembleParams } from './parameters.ts';

export const stage = defineStage<EnsembleParams>({
  description:
    'Joins trained models to one: the vector of a text is those of the models, side by side, so that its cosine is ' +
    'about the mean of their cosines and one index holds all. Models of the same spec with other seeds are better together ' +
    'than each of them.',
  parameters,
  inputs: {
    models: {
      type: 'model',
      description:
        'Two or more models with the same words and the same architecture; only `hidden`, `projection` and the ' +
        'dimensions of the word vectors may differ.',
      many: true,
    },
  },
  output: 'model',
  metrics: ['models', 'dimensions'],
  run: async (context) => (await import('./run.ts')).run(context),
});
