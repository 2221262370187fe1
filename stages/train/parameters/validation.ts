import { ignoreIdenticalIds } from '../../../src/retrieval/identical-ids-parameter.ts';

export const validationSchema = {
  description:
    'Validation during training: MRR@10 on queries that are not trained on. The best weights are kept.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    split: {
      description:
        'Split of the validation queries. If the corpus has no such split, the last weights are kept.',
      type: 'string',
      minLength: 1,
      'x-split': 'validation',
      default: 'validation',
    },
    every: {
      description:
        'Steps from one validation to the next. `auto` validates after each epoch if `epochs` is a number, else about ' +
        '15 times in each budget.',
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 1_000_000_000 }],
      default: 'auto',
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
      maximum: 10_000_000,
      default: 1000,
    },
    max_documents: {
      description:
        'Approximate maximum number of documents to rank. Of a larger corpus, validation ranks a sample drawn with the ' +
        'seed: the relevant documents, hard ones (candidates, or the best by BM25) and random ones. `auto` is between ' +
        '4,000 and 20,000, so that validation takes at most about half as long as training.',
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 100_000_000 }],
      default: 'auto',
    },
  },
} as const;
