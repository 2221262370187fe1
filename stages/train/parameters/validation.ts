import { ignoreIdenticalIds } from '../../../src/retrieval/identical-ids-parameter.ts';

export const validationSchema = {
  description: 'Validation of each epoch: MRR@10 on queries that are not trained on.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    split: {
      description:
        'Split of the validation queries. If the corpus has no such split, the last epoch is kept.',
      type: 'string',
      minLength: 1,
      default: 'validation',
    },
    against: {
      description:
        'Documents to rank: all documents (`corpus`) or the candidates of each query (`candidates`).',
      enum: ['corpus', 'candidates'],
      default: 'corpus',
    },
    ignore_identical_ids: ignoreIdenticalIds,
    max_queries: {
      description: 'Maximum number of validation queries, sampled with the seed.',
      type: 'integer',
      minimum: 1,
      default: 1000,
    },
    max_documents: {
      description:
        'Approximate maximum number of documents to rank: the relevant ones and others sampled with the seed. A large ' +
        'corpus would take longer to encode than an epoch takes to train.',
      type: 'integer',
      minimum: 1,
      default: 20000,
    },
  },
} as const;
