import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {},
} as const satisfies JsonSchema;

export type EnsembleParams = FromSchema<typeof parameters>;
