/**
 * What a tokenize stage can be told: normalisation, the vocabulary's limits, and the lengths that models read.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    normalization: {
      description:
        'Unicode normalisation before words are cut: NFKC also joins variants such as ﬁ and fi, full and half width.',
      enum: ['NFKC', 'NFC', 'none'],
      default: 'NFKC',
    },
    lowercase: {
      description: 'Whether upper and lower case are the same word (locale-independent).',
      type: 'boolean',
      default: true,
    },
    min_count: {
      description: 'Words rarer than this are unknown to models. BM25 sees every word.',
      type: 'integer',
      minimum: 1,
      default: 2,
    },
    max_vocab: {
      description:
        'Models know at most this many ids: the most frequent words, and the two special tokens <pad> and <unk>.',
      type: 'integer',
      minimum: 3,
      default: 50000,
    },
    max_query_length: {
      description: 'Models read at most this many words of a query. The artifact holds all of them.',
      type: 'integer',
      minimum: 1,
      default: 32,
    },
    max_document_length: {
      description: 'Models read at most this many words of a document. The artifact holds all of them.',
      type: 'integer',
      minimum: 1,
      default: 128,
    },
    vocabulary_splits: {
      description:
        'Splits whose queries count towards the vocabulary, besides all documents. Leave test splits out, or the test is no longer blind.',
      type: 'array',
      items: { description: 'Name of a split.', type: 'string', minLength: 1 },
      uniqueItems: true,
      default: ['train'],
    },
  },
} as const satisfies JsonSchema;

export type TokenizeParams = FromSchema<typeof parameters>;
