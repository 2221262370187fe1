import { defineStage } from '../../src/stage.ts';
import { parameters, type TrainParams } from './parameters.ts';

export const stage = defineStage<TrainParams>({
  description:
    'Trains two recurrent encoders, one for queries and one for documents or one for both, on triplets, so that ' +
    'the embedding of a query lies near those of the documents that answer it; keeps the epoch that is best on the ' +
    'validation queries.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'The texts, and the judgements of the validation queries.' },
    triplets: { type: 'triplets', description: 'Queries with a relevant and irrelevant documents.' },
    vectors: {
      type: 'vectors',
      description:
        'What the token embeddings start from, side by side where there are several; without it they start random.',
      optional: true,
      many: 'paired',
    },
  },
  output: 'model',
  numeric: true,
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
