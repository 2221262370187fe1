import type { LossParams } from '../../src/engine/losses/registry.ts';
import type { ScheduleParams } from '../../src/engine/optimizer/schedule.ts';
import type { SubwordParams } from '../../src/engine/model/subwords.ts';
import type { EncoderConfig } from '../../src/formats/model.ts';
import { defineStage } from '../../src/stage.ts';
import { encoderSchema, embeddingsSchema } from './parameters/encoder.ts';
import { lossSchema } from './parameters/loss.ts';
import { optimizationSchemas } from './parameters/optimization.ts';
import { validationSchema } from './parameters/validation.ts';

export interface ValidationParams {
  readonly split: string;
  readonly against: 'corpus' | 'candidates';
  readonly max_queries: number;
  readonly max_documents: number;
}

export interface TrainParams {
  readonly encoder: EncoderConfig & {
    readonly dropout: { readonly embedding: number; readonly output: number };
  };
  readonly embeddings: {
    readonly trainable: boolean;
    readonly learning_rate_factor: number;
    readonly dimensions: number;
    readonly subwords: SubwordParams;
  };
  readonly loss: LossParams;
  readonly optimizer: {
    readonly learning_rate: number;
    readonly betas: readonly [number, number];
    readonly epsilon: number;
    readonly weight_decay: number;
  };
  readonly schedule: ScheduleParams;
  readonly max_grad_norm: number | null;
  readonly ema_decay: number;
  readonly batch_size: number;
  readonly epochs: number;
  readonly max_steps: number | null;
  readonly patience: number | null;
  readonly validation: ValidationParams;
  readonly seed: number;
}

export const stage = defineStage<TrainParams>({
  description:
    'Trains two recurrent encoders, one for queries and one for documents or one for both, on triplets, so that ' +
    'the embedding of a query lies near those of the documents that answer it; keeps the epoch that is best on the ' +
    'validation queries.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      encoder: encoderSchema,
      embeddings: embeddingsSchema,
      loss: lossSchema,
      ...optimizationSchemas,
      validation: validationSchema,
      seed: {
        description: 'Seed of first weights, order and dropout.',
        type: 'integer',
        minimum: 0,
        default: 42,
      },
    },
  },
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
