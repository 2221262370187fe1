/** Schema of `sweep:`, for editors. */
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
    description: 'Values to try.',
    anyOf: [{ type: 'array', minItems: 1 }, reference],
  },
};
const RANGE: JsonSchema = { type: 'array', minItems: 2, maxItems: 2 };
const WHEN = or('The parameter is drawn only if other parameters of the space have these values.', {
  type: 'object',
});
const STEP = or('Distance between possible values.', { type: 'number', exclusiveMinimum: 0 });

const distribution = (name: string, description: string): JsonSchema =>
  object({ [name]: or(description, RANGE), when: WHEN, step: STEP }, { required: [name] });

const DISTRIBUTIONS: readonly JsonSchema[] = [
  distribution('uniform', 'A number between two bounds, uniformly distributed.'),
  distribution('log_uniform', 'A number between two bounds, uniformly distributed on a logarithmic scale.'),
  distribution('int', 'An integer between two bounds, both included, uniformly distributed.'),
  distribution(
    'log_int',
    'An integer between two bounds, both included, uniformly distributed on a logarithmic scale.',
  ),
  object(
    {
      choice: or('One of these values, each with the same probability.', { type: 'array', minItems: 1 }),
      when: WHEN,
    },
    { required: ['choice'] },
  ),
  { type: 'array', minItems: 1, description: 'One of these values, each with the same probability.' },
];

export const SWEEP_SCHEMA: JsonSchema = {
  description:
    'Configurations for `pipeline sweep`: all combinations of an experiment, a point of the grid and a random trial. Parameters are named as in --set: stage.parameter or params.name, and also stage.inputs.name and stage.uses.',
  anyOf: [
    object({
      metric: or(
        'Metric by which configurations are ranked: a stage and one of its metrics, such as report.mrr@10.',
        METRIC,
      ),
      goal: or(
        'Whether a higher or a lower metric is better.',
        { enum: ['maximize', 'minimize'] },
        'maximize',
      ),
      columns: or('Additional metrics to show.', {
        type: 'array',
        items: METRIC,
      }),
      grid: or('Maps parameters to lists of values; every combination is tried.', AXES),
      random: or(
        'Random search.',
        object({
          trials: or('Number of trials.', { type: 'integer', minimum: 1 }, 10),
          seed: or('Seed of the trials.', { type: 'integer', minimum: 0 }, 1),
          space: or('Maps parameters to distributions.', {
            type: 'object',
            minProperties: 1,
            additionalProperties: {
              description: 'Distribution of the parameter.',
              anyOf: [...DISTRIBUTIONS, reference],
            },
          }),
        }),
      ),
      experiments: or('Named configurations.', {
        type: 'object',
        additionalProperties: or('Maps parameters to values.', { type: 'object' }),
      }),
      repeat: or(
        'Maps parameters to lists of values, such as params.seed: [1, 2, 3]; every configuration is executed with each, and ranked by its mean.',
        AXES,
      ),
      baseline: or(
        'The experiment with which the others are compared: by difference, and by p-value if the metric has a value per query.',
        { type: 'string' },
      ),
      halving: or(
        'Successive halving: all configurations run with a small budget, the best of them with a larger one, and so on.',
        object(
          {
            budget: or('Parameter that sets the budget, such as model.epochs.', { type: 'string' }),
            min: or('Smallest budget.', { type: 'integer', minimum: 1 }, 1),
            max: or('Largest budget.', { type: 'integer', minimum: 1 }, 9),
            factor: or(
              'Factor by which the budget grows and the number of configurations shrinks.',
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
