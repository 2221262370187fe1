/**
 * Schemas of the optimisation: optimiser, learning-rate schedule, gradient clipping and weight averaging. The
 * optimiser itself is in src/engine/optimizer; the number of steps is in budget.ts.
 */

const betas = {
  description: 'Adam β1, β2: decay rates of the moment estimates.',
  type: 'array',
  minItems: 2,
  maxItems: 2,
  items: { description: 'A decay rate.', type: 'number', minimum: 0, exclusiveMaximum: 1 },
  default: [0.9, 0.999],
} as const;

const optimizer = {
  description:
    'AdamW optimiser, lazy for the token embeddings: a step updates only the rows of tokens in the batch.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    learning_rate: {
      description: 'Peak learning rate.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1000,
      default: 0.001,
    },
    betas,
    epsilon: {
      description: 'Adam ε: added to the denominator for numerical stability.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1e-8,
    },
    weight_decay: {
      description: 'Decoupled weight decay (AdamW); biases are not decayed.',
      type: 'number',
      minimum: 0,
      maximum: 1000,
      default: 0.01,
    },
  },
} as const;

const schedule = {
  description: 'Learning-rate schedule.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    name: {
      description: 'Constant learning rate, or linear or cosine decay to 0.',
      enum: ['constant', 'linear', 'cosine'],
      default: 'constant',
    },
    warmup_ratio: {
      description: 'Fraction of steps for linear warm-up.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0,
    },
  },
} as const;

export const optimizationSchemas = {
  optimizer,
  schedule,
  max_grad_norm: {
    description: 'Gradient clipping: maximum global norm; null disables clipping.',
    type: ['number', 'null'],
    exclusiveMinimum: 0,
    maximum: 1_000_000,
    default: 1,
  },
  ema_decay: {
    description:
      'Decay of the exponential moving average (EMA) of the weights, which is validated and saved instead of the ' +
      'weights (0.999 averages over about 1,000 steps, and over the last ninth of a shorter training); 0 disables it.',
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
  },
} as const;
