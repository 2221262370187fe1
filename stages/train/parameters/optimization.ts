/**
 * Schemas of how the weights are trained: optimiser, learning-rate schedule, clipping, averaging, batches and when
 * to stop.
 */

const betas = {
  description: 'How slowly the running means of the gradient and of its square forget.',
  type: 'array',
  minItems: 2,
  maxItems: 2,
  items: { description: 'One of the two.', type: 'number', minimum: 0, exclusiveMaximum: 1 },
  default: [0.9, 0.999],
} as const;

const optimizer = {
  description:
    'AdamW. For token embeddings it is lazy: a step changes the rows of the tokens that it has seen.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    learning_rate: {
      description: 'Size of a step, at its highest.',
      type: 'number',
      exclusiveMinimum: 0,
      default: 0.001,
    },
    betas,
    epsilon: {
      description: 'Added to the root of the mean square: keeps steps of tiny gradients small.',
      type: 'number',
      exclusiveMinimum: 0,
      default: 1e-8,
    },
    weight_decay: {
      description:
        'Part of each weight, times the learning rate, that a step takes away; biases are left alone.',
      type: 'number',
      minimum: 0,
      default: 0.01,
    },
  },
} as const;

const schedule = {
  description: 'How the learning rate goes over the training.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    name: {
      description: 'Constant, or falling to 0 along a line or half a cosine.',
      enum: ['constant', 'linear', 'cosine'],
      default: 'constant',
    },
    warmup_ratio: {
      description: 'Part of all steps in which it first rises from 0.',
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
    description: 'Gradients together longer than this are scaled down to it; null leaves them.',
    type: ['number', 'null'],
    exclusiveMinimum: 0,
    default: 1,
  },
  ema_decay: {
    description:
      'Keep a running mean of the weights that forgets this slowly (0.999: over some 1,000 steps), validate and ' +
      'save it in place of the weights themselves; 0 keeps none.',
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
  },
  batch_size: {
    description: 'Triplets in a step.',
    type: 'integer',
    minimum: 1,
    maximum: 65536,
    default: 128,
  },
  epochs: {
    description: 'Passes over the triplets; 0 keeps the first weights, for a baseline.',
    type: 'integer',
    minimum: 0,
    maximum: 100000,
    default: 5,
  },
  max_steps: {
    description: 'Stop after this many steps, in the middle of an epoch if need be; null: after the epochs.',
    type: ['integer', 'null'],
    minimum: 1,
    default: null,
  },
  patience: {
    description: 'Stop after this many epochs without a better validation MRR; null never does.',
    type: ['integer', 'null'],
    minimum: 1,
    default: 3,
  },
} as const;
