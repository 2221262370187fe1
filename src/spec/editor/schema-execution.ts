/** Schemas of a stage's `matrix` and of the fields that control its execution, for editors. */
import { MOST } from '../stages/execution.ts';
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

const ROW: JsonSchema = { type: 'object', description: 'Maps variables to values.' };

export const EXECUTION_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  matrix: {
    description:
      'Creates an instance of the stage for every combination of values, named like model[margin=0.2]; `${matrix.margin}` under `with` is its value. Stages that use it are expanded with it, or take all instances if their input takes a list.',
    anyOf: [
      {
        type: 'object',
        properties: {
          include: {
            description: 'Additional combinations; each must give every variable.',
            anyOf: [ROW, { type: 'array', items: ROW }],
          },
          exclude: {
            description: 'Combinations to leave out; a mapping excludes all combinations that match it.',
            anyOf: [ROW, { type: 'array', items: ROW }],
          },
        },
        additionalProperties: {
          description: 'The values of a variable: a list, or a mapping from names to values.',
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
    'If false, the stage is left out, together with the optional inputs that it would feed.',
    true,
  ),
  frozen: or(
    { type: 'boolean' },
    'If true, the latest result is used whatever has changed; if there is none, the stage runs once.',
    false,
  ),
  timeout: or(
    DURATION,
    'Time limit of an attempt, such as 90s, 10min or 2h; a longer one is killed and counts as failed.',
  ),
  retries: or(
    {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: MOST.retries },
        object({
          count: or({ type: 'integer', minimum: 0, maximum: MOST.retries }, 'Number of retries.', 1),
          delay: or(PAUSE, 'Delay before the first retry.', '1s'),
          factor: or({ type: 'number', minimum: 1 }, 'Factor by which the delay grows with each retry.', 2),
          longest: or(DURATION, 'Maximum delay.', '5min'),
        }),
      ],
    },
    'Retries of a failed stage: their number, or details.',
    0,
  ),
  resources: or(
    object({
      threads: or(
        { type: 'integer', minimum: 1, maximum: MOST.threads },
        'Number of compute threads of the stage.',
      ),
      memory: or(SIZE, 'Memory that the stage needs, such as 4GB or 512MiB.'),
      gpu: or({ type: 'integer', minimum: 0, maximum: MOST.gpu }, 'Number of GPUs that the stage needs.'),
    }),
    'Resources that the stage needs; stages execute concurrently only as far as their resources are available.',
  ),
};
