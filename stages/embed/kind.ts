import { defineStage } from '../../src/stage.ts';
import { parameters, type EmbedParams } from './parameters.ts';

export const stage = defineStage<EmbedParams>({
  description: 'Encodes all documents and queries with a trained model into .npy matrices.',
  parameters,
  inputs: {
    model: { type: 'model', description: 'The trained encoders.' },
    tokens: { type: 'tokens', description: 'The tokenised documents and queries.' },
  },
  output: 'embeddings',
  metrics: ['documents', 'queries', 'dimensions', 'documents.oov', 'queries.oov'],
  numeric: true,
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
