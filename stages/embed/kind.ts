import { defineStage } from '../../src/stage.ts';
import { parameters, type EmbedParams } from './parameters.ts';

export const stage = defineStage<EmbedParams>({
  description: 'Encodes every document and query with a trained model, as .npy matrices.',
  parameters,
  inputs: {
    model: { type: 'model', description: 'The encoders.' },
    tokens: { type: 'tokens', description: 'The texts.' },
  },
  output: 'embeddings',
  numeric: true,
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
