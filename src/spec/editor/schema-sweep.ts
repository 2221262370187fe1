/** `sweep:` for editors. */
import type { JsonSchema } from '../../stage.ts';
import { HALVING_FACTOR } from '../text/vocabulary.ts';

const reference = { $ref: '#/definitions/reference' };
const nothing = { type: 'null' };

const object = (properties: Readonly<Record<string, JsonSchema>>, rest: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...rest,
});

const or = (description: string, schema: JsonSchema, preset?: unknown): JsonSchema => ({
  description,
  ...(preset === undefined ? {} : { default: preset }),
  anyOf: [schema, reference, nothing],
});

const METRIC: JsonSchema = { type: 'string', pattern: '^[^.]+\\..+$' };
const AXES: JsonSchema = {
  type: 'object',
  additionalProperties: {
    description: 'The values to try.',
    anyOf: [{ type: 'array', minItems: 1 }, reference],
  },
};
const RANGE: JsonSchema = { type: 'array', minItems: 2, maxItems: 2 };
const WHEN = or('Drawn only where these parameters of the space have these values.', { type: 'object' });
const STEP = or('Values are this far apart.', { type: 'number', exclusiveMinimum: 0 });

const distribution = (name: string, description: string): JsonSchema =>
  object({ [name]: or(description, RANGE), when: WHEN, step: STEP }, { required: [name] });

const DISTRIBUTIONS: readonly JsonSchema[] = [
  distribution('uniform', 'Any number between two, all alike.'),
  distribution('log_uniform', 'Any number between two, every order of magnitude alike.'),
  distribution('int', 'A whole number from the first to the second.'),
  distribution('log_int', 'A whole number from the first to the second, small ones more often.'),
  object(
    { choice: or('One of these values.', { type: 'array', minItems: 1 }), when: WHEN },
    { required: ['choice'] },
  ),
  { type: 'array', minItems: 1, description: 'One of these values.' },
];

export const SWEEP_SCHEMA: JsonSchema = {
  description:
    'Configurations for `pipeline sweep`: every experiment times every point of the grid times every random draw. Names are as in --set: stage.parameter or params.name.',
  anyOf: [
    object({
      metric: or(
        'What configurations are ranked by: a stage and one of its metrics, such as report.mrr@10.',
        METRIC,
      ),
      goal: or('Which metric is the best.', { enum: ['maximize', 'minimize'] }, 'maximize'),
      columns: or('Further metrics, shown beside the one that configurations are ranked by.', {
        type: 'array',
        items: METRIC,
      }),
      grid: or('Parameter → list of values; every combination is tried.', AXES),
      random: or(
        'Draws from distributions.',
        object({
          trials: or('How many draws.', { type: 'integer', minimum: 1 }, 10),
          seed: or('The same seed gives the same draws.', { type: 'integer', minimum: 0 }, 1),
          space: or('Parameter → distribution.', {
            type: 'object',
            minProperties: 1,
            additionalProperties: {
              description: 'What the parameter is drawn from.',
              anyOf: [...DISTRIBUTIONS, reference],
            },
          }),
        }),
      ),
      experiments: or('Configurations by name.', {
        type: 'object',
        additionalProperties: or('Parameter → value.', { type: 'object' }),
      }),
      repeat: or(
        'Parameter → list of values, such as params.seed: [1, 2, 3]; every configuration is executed with each, and ranked by the mean.',
        AXES,
      ),
      baseline: or(
        'The experiment that the others are compared with: the difference, and its p-value where the metric has a value for each query.',
        { type: 'string' },
      ),
      halving: or(
        'Successive halving: all configurations with a small budget, the best part of them with a larger one, and so on.',
        object(
          {
            budget: or('The parameter that is the budget, such as model.epochs.', { type: 'string' }),
            min: or('The smallest budget.', { type: 'integer', minimum: 1 }, 1),
            max: or('The largest budget.', { type: 'integer', minimum: 1 }, 9),
            factor: or(
              'The budget grows, and the number of configurations shrinks, by this factor.',
              { type: 'number', minimum: 2 },
              HALVING_FACTOR,
            ),
          },
          { required: ['budget'] },
        ),
      ),
    }),
    reference,
    nothing,
  ],
};
