/** What a stage says beside its kind, inputs and parameters, for editors. */
import type { JsonSchema } from '../../stage.ts';
import { orReference } from './editor-schema.ts';

const DURATION: JsonSchema = {
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|min|m|h|d)?$' },
  ],
};
const PAUSE: JsonSchema = { anyOf: [{ type: 'number', minimum: 0 }, (DURATION['anyOf'] as JsonSchema[])[1]] };
const SIZE: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*([kKMGT]B|[KMGT]iB|B)?$' },
  ],
};

const or = (schema: JsonSchema, description: string, preset?: unknown): JsonSchema =>
  orReference({ ...schema, description, ...(preset === undefined ? {} : { default: preset }) });

const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

const ROW: JsonSchema = { type: 'object', description: 'Variable → value.' };

export const EXECUTION_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  matrix: {
    description:
      'Makes an instance of the stage for every combination of values, named like model[margin=0.2]; `${matrix.margin}` under `with` is its value. What takes from the stage is expanded along with it, or takes all instances where its input takes many.',
    anyOf: [
      {
        type: 'object',
        properties: {
          include: {
            description: 'Further combinations; each gives every variable.',
            anyOf: [ROW, { type: 'array', items: ROW }],
          },
          exclude: {
            description: 'Combinations to leave out; a mapping leaves out all that it fits.',
            anyOf: [ROW, { type: 'array', items: ROW }],
          },
        },
        additionalProperties: {
          description: 'The values of a variable: a list, or a mapping of names to values.',
          anyOf: [
            { type: 'array', minItems: 1 },
            { type: 'object', minProperties: 1 },
            { $ref: '#/definitions/reference' },
          ],
        },
      },
      { $ref: '#/definitions/reference' },
      { type: 'null' },
    ],
  },
  enabled: or(
    { type: 'boolean' },
    'False leaves the stage out, and optional inputs that it would feed.',
    true,
  ),
  frozen: or(
    { type: 'boolean' },
    'True uses the latest result that is there, whatever has changed; without one, the stage runs once.',
    false,
  ),
  timeout: or(DURATION, 'An attempt that takes longer is ended and counts as failed: 90s, 10min, 2h.'),
  retries: or(
    {
      anyOf: [
        { type: 'integer', minimum: 0 },
        object({
          count: or({ type: 'integer', minimum: 0 }, 'How often it is tried again.', 1),
          delay: or(PAUSE, 'The pause before the second attempt.', '1s'),
          factor: or(
            { type: 'number', minimum: 1 },
            'Each further pause is this many times the one before.',
            2,
          ),
          longest: or(DURATION, 'No pause is longer.', '5min'),
        }),
      ],
    },
    'How often a failed stage is tried again.',
    0,
  ),
  resources: or(
    object({
      threads: or({ type: 'integer', minimum: 1 }, 'Compute threads: what the stage gets, and counts for.'),
      memory: or(SIZE, 'Memory that it needs: 4GB, 512MiB.'),
      gpu: or({ type: 'integer', minimum: 0 }, 'GPUs that it needs.'),
    }),
    'What the stage takes while it executes; stages execute at the same time only where all of them fit.',
  ),
};
