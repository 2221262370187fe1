/** Schema of how several sets of triplets are combined. What the weights mean for the steps is in ../phases.ts. */

export const tripletSetsSchema = {
  description: 'How several sets under `triplets` are combined. All triplets of a batch are from one set.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    order: {
      description:
        'Order of the sets: `mixture` draws each batch from one of them by weight, `sequence` trains on one set after another, in ' +
        'the order of `triplets` (pretrain, then tune): each set starts from the best weights so far, with a ' +
        'learning-rate schedule of its own.',
      enum: ['mixture', 'sequence'],
      default: 'mixture',
    },
    weights: {
      description:
        'One weight for each set: its share of the batches in a mixture, or of all steps in a sequence. Null gives the ' +
        'sets of a mixture equal shares, and each set of a sequence the budget that it would have alone.',
      type: ['array', 'null'],
      minItems: 1,
      maxItems: 64,
      items: { description: 'A weight.', type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 },
      default: null,
    },
  },
} as const;
