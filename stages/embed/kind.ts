import { defineStage } from '../../src/stage.ts';

export type EmbedParams = Readonly<Record<string, never>>;

export const stage = defineStage<EmbedParams>({
  description: 'Encodes every document and query with a trained model, as .npy matrices.',
  parameters: { type: 'object', additionalProperties: false, properties: {} },
  inputs: {
    model: { type: 'model', description: 'The encoders.' },
    tokens: { type: 'tokens', description: 'The texts.' },
  },
  output: 'embeddings',
  numeric: true,
  libraries: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
  run: async (context) => (await import('./run.ts')).run(context),
});
