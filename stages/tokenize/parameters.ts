/**
 * Parameters of the tokenize kind: normalisation, vocabulary size and truncation lengths; all come from the input
 * `vocabulary` where it is given. Schema and type; texts are tokenised by src/retrieval/tokenizer.ts.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    normalization: {
      description:
        'Unicode normalisation before tokenisation. NFKC also unifies compatibility variants, such as ﬁ and fi or full and half width.',
      enum: ['NFKC', 'NFC', 'none'],
      default: 'NFKC',
      'x-unless': 'vocabulary',
    },
    lowercase: {
      description: 'Convert words to lower case, independently of the locale.',
      type: 'boolean',
      default: true,
      'x-unless': 'vocabulary',
    },
    min_count: {
      description: 'Minimum token frequency: to models, rarer tokens are unknown. BM25 uses every token.',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000_000,
      default: 2,
      'x-unless': 'vocabulary',
    },
    max_vocab: {
      description:
        'Maximum vocabulary size of models: the most frequent tokens and the special tokens <pad> and <unk>.',
      type: 'integer',
      minimum: 3,
      maximum: 100_000_000,
      default: 50000,
      'x-unless': 'vocabulary',
    },
    max_query_length: {
      description: 'Truncation length of queries for models, in tokens. The artifact keeps all tokens.',
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 32,
      'x-unless': 'vocabulary',
    },
    max_document_length: {
      description: 'Truncation length of documents for models, in tokens. The artifact keeps all tokens.',
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 128,
      'x-unless': 'vocabulary',
    },
    vocabulary_splits: {
      description:
        'Splits whose queries are added to the vocabulary, besides all documents. Leave out test splits: their queries must stay unseen.',
      type: 'array',
      items: { description: 'Name of a split.', type: 'string', minLength: 1, 'x-split': 'train' },
      uniqueItems: true,
      default: ['train'],
      'x-unless': 'vocabulary',
    },
  },
} as const satisfies JsonSchema;

export type TokenizeParams = FromSchema<typeof parameters>;
