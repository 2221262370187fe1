/** Schema of the loss, one branch for each of those in src/engine/losses. */

const distance = {
  description: 'What compares two embeddings, here and in every later stage.',
  enum: ['cosine', 'euclidean', 'dot'],
  default: 'cosine',
} as const;

const margin = {
  description:
    'How much nearer than an irrelevant document the relevant one has to be; cosine distances lie in 0 to 2.',
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
  description: 'What training makes small.',
  type: 'object',
  default: { name: 'triplet' },
  discriminator: { propertyName: 'name' },
  oneOf: [
    loss('triplet', 'Triplet loss against the mined negatives.', { margin }),
    loss('batch_hard_triplet', 'Triplet loss against the hardest document of the batch.', { margin }),
    loss(
      'semi_hard_triplet',
      'Triplet loss against the hardest document of the batch that is further away than the relevant one.',
      { margin },
    ),
    loss(
      'multiple_negatives_ranking',
      'Softmax over the relevant document and all others of the batch, mined negatives included (InfoNCE).',
      {
        temperature: {
          description:
            'Scores are divided by it before the softmax: a lower one looks at the hardest documents more.',
          type: 'number',
          exclusiveMinimum: 0,
          default: 0.05,
        },
        symmetric: {
          description: "Also choose each document's query among those of the batch.",
          type: 'boolean',
          default: false,
        },
      },
    ),
    loss(
      'margin_mse',
      'Squared error of the margin between relevant and irrelevant document against that of given scores.',
      {},
    ),
  ],
} as const;
