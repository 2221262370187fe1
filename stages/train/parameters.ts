/** Parameters of the train kind; its groups of parameters are in parameters/. */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';
import { budgetSchemas } from './parameters/budget.ts';
import { embeddingsSchema, encoderSchema } from './parameters/encoder.ts';
import { lossSchema } from './parameters/loss.ts';
import { optimizationSchemas } from './parameters/optimization.ts';
import { tripletSetsSchema } from './parameters/sets.ts';
import { validationSchema } from './parameters/validation.ts';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    encoder: encoderSchema,
    embeddings: embeddingsSchema,
    loss: lossSchema,
    triplet_sets: tripletSetsSchema,
    ...optimizationSchemas,
    ...budgetSchemas,
    validation: validationSchema,
    seed: {
      description: 'Seed for initialisation, shuffling and dropout.',
      type: 'integer',
      minimum: 0,
      default: 42,
    },
  },
} as const satisfies JsonSchema;

export type TrainParams = FromSchema<typeof parameters>;
export type ValidationParams = TrainParams['validation'];
