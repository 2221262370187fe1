import { defineStage } from '../../src/stage.ts';
import { parameters, type EmbedParams } from './parameters.ts';

export const stage = defineStage<EmbedParams>({
  description:
    'Encodes all documents and queries with a trained model into .npy matrices. With `lexical`, the vectors match exact ' +
    'words too: a part that stands for BM25 is concatenated to them. Texts that an earlier execution encoded with the same ' +
    'model are not encoded again.',
  parameters,
  inputs: {
    model: { type: 'model', description: 'The trained encoders.' },
    tokens: {
      type: 'tokens',
      description:
        'The tokenised documents and queries, and the judgements that the weight of the lexical part is chosen on.',
    },
  },
  output: 'embeddings',
  metrics: [
    'documents',
    'queries',
    'dimensions',
    'documents.oov',
    'queries.oov',
    'reused',
    'lexical/weight',
    'validation/mrr@10',
    'validation/mrr@10_learned',
  ],
  numeric: true,
  reuses: ['model'],
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
