/** Schema of the loss, one branch for each loss of src/engine/losses, which computes them. */

const distance = {
  description: 'Distance or similarity of two embeddings, in training and in all later stages.',
  enum: ['cosine', 'euclidean', 'dot'],
  default: 'cosine',
} as const;

const margin = {
  description:
    'Margin: how much closer to the query the positive must be than a negative. Cosine distances are between 0 and 2.',
  type: 'number',
  minimum: 0,
  default: 0.2,
} as const;

const loss = <const Name extends string, const Own extends object>(
  name: Name,
  description: string,
  properties: Own,
) =>
  ({
    type: 'object',
    description,
    additionalProperties: false,
    required: ['name'],
    properties: { name: { description, const: name }, distance, ...properties },
  }) as const;

export const lossSchema = {
  description: 'Training loss.',
  type: 'object',
  default: { name: 'triplet' },
  discriminator: { propertyName: 'name' },
  oneOf: [
    loss('triplet', 'Triplet loss on the mined negatives.', { margin }),
    loss('batch_hard_triplet', 'Batch-hard triplet loss: on the hardest negative in the batch.', { margin }),
    loss(
      'semi_hard_triplet',
      'Semi-hard triplet loss: on the hardest negative in the batch that is further away than the positive.',
      { margin },
    ),
    loss(
      'multiple_negatives_ranking',
      'Multiple negatives ranking loss (InfoNCE): softmax over the positive and all other documents in the batch, including mined negatives.',
      {
        temperature: {
          description:
            'Temperature of the softmax; scores are divided by it. Lower values emphasise hard negatives.',
          type: 'number',
          exclusiveMinimum: 0,
          default: 0.05,
        },
        symmetric: {
          description: 'Symmetric loss: also a softmax over the queries in the batch for each document.',
          type: 'boolean',
          default: false,
        },
      },
    ),
    loss(
      'margin_mse',
      'Margin-MSE loss: squared error between the score margin of positive and negative and that of the teacher scores.',
      {},
    ),
  ],
} as const;
