import { defineStage } from '../../src/stage.ts';
import { parameters, type TrainParams } from './parameters.ts';

export const stage = defineStage<TrainParams>({
  description:
    'Trains a two-tower model on triplets: recurrent encoders, separate or shared, that embed queries near their ' +
    'relevant documents. Keeps the weights that are best on the validation queries.',
  parameters,
  inputs: {
    tokens: {
      type: 'tokens',
      description: 'The texts, and the relevance judgements of the validation queries.',
    },
    triplets: {
      type: 'triplets',
      description:
        'Triplets of a query, a positive and negatives; several sets are combined by `triplet_sets`.',
      many: 'paired',
    },
    vectors: {
      type: 'vectors',
      description: 'Initial token embeddings, concatenated if there are several; without it they are random.',
      optional: true,
      many: 'paired',
    },
    initial: {
      type: 'model',
      description:
        'A model whose weights training starts from, to tune it to these triplets; `encoder` and `embeddings.subwords` have to be its own, and the tokens made with its vocabulary.',
      optional: true,
    },
  },
  output: 'model',
  metrics: [
    'validation/mrr@10',
    'validation/recall@100',
    'validation/documents',
    'best_epoch',
    'best_step',
    'epochs',
    'steps',
    'triplets',
    'triplets/*',
    'batches/*',
    'loss',
    'loss/*',
    'parameters',
  ],
  numeric: true,
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
