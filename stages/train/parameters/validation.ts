export const validationSchema = {
  description: 'What each epoch is judged by: MRR@10 of queries that are not trained on.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    split: {
      description: 'The split of these queries. Without such a split the last epoch is kept.',
      type: 'string',
      minLength: 1,
      default: 'validation',
    },
    against: {
      description: 'Rank all documents (corpus), or those that came with the query (candidates).',
      enum: ['corpus', 'candidates'],
      default: 'corpus',
    },
    max_queries: {
      description: 'Ask at most this many of them, drawn by the seed.',
      type: 'integer',
      minimum: 1,
      default: 1000,
    },
    max_documents: {
      description:
        'Rank at most about this many documents, relevant ones and others drawn by the seed: a larger corpus ' +
        'would take longer to encode than an epoch takes to train.',
      type: 'integer',
      minimum: 1,
      default: 20000,
    },
  },
} as const;
