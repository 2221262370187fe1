/** Schemas of the budget: batch size, steps and early stopping. The rules for `auto` are in ../budget.ts. */

export const budgetSchemas = {
  batch_size: {
    description:
      'Batch size, in triplets; `auto` is 32 below 5,000 triplets and else 64, so that a small set gives enough steps.',
    anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 65536 }],
    default: 'auto',
  },
  epochs: {
    description:
      'Number of epochs: passes over the triplets; 0 keeps the initial weights, as a baseline. `auto` derives the number ' +
      'of steps from the number of triplets: 8 times its square root, at least 200 and at least one pass.',
    anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 0, maximum: 100000 }],
    default: 'auto',
  },
  max_steps: {
    description: 'Maximum number of steps; training may stop within an epoch. Null for no limit.',
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 1_000_000_000,
    default: null,
  },
  patience: {
    description:
      'Early stopping patience: validations without a better MRR@10; null disables early stopping.',
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 100000,
    default: 5,
  },
} as const;
