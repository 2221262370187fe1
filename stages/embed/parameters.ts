/** Parameters of the embed kind: the lexical part of the vectors. */
import { bm25Properties } from '../../src/retrieval/bm25-parameters.ts';
import { ignoreIdenticalIds } from '../../src/retrieval/identical-ids-parameter.ts';
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const validation = {
  description: 'Validation queries that choose the weight, by MRR@10 with exact search.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    split: {
      description: 'Split of the validation queries. If the corpus has no such split, the weight is 0.5.',
      type: 'string',
      minLength: 1,
      'x-split': 'validation',
      default: 'validation',
    },
    ignore_identical_ids: ignoreIdenticalIds,
    max_queries: {
      description: 'Maximum number of validation queries, sampled with the seed.',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      default: 1000,
    },
    max_documents: {
      description:
        'Approximate maximum number of documents to rank: the relevant ones and others sampled with the seed.',
      type: 'integer',
      minimum: 1,
      maximum: 10_000_000,
      default: 20000,
    },
  },
} as const;

const lexical = {
  description:
    'Lexical part of the vectors, for exact words: BM25 term weights projected to a fixed number of dimensions and ' +
    "concatenated to the model's vector, so that one index answers hybrid queries by inner product.",
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    dimensions: {
      description:
        'Dimensions of the lexical part; 0 disables it. With 512, the lexical part alone comes near to BM25 for ' +
        'passages; longer documents need more.',
      type: 'integer',
      minimum: 0,
      maximum: 16384,
      default: 0,
    },
    weight: {
      description:
        "Weight of the lexical score, 0 to about 1, next to the model's score, such as a cosine. `auto` chooses it on the " +
        'validation queries: of all weights that are not worse than the best by more than one standard error, the one ' +
        'nearest to 0.5, which is also the weight without such queries.',
      anyOf: [{ const: 'auto' }, { type: 'number', minimum: 0, maximum: 1000 }],
      default: 'auto',
    },
    ...bm25Properties,
    tune_bm25: {
      description:
        'Whether to choose the way to score words too, with `weight: auto`: BM25 with these `k1` and `b`, or the sum of the ' +
        'inverse document frequencies of common words, plain or squared.',
      type: 'boolean',
      default: true,
    },
    seed: {
      description: 'Seed for hashing words to dimensions and for sampling validation queries.',
      type: 'integer',
      minimum: 0,
      default: 42,
    },
    validation,
  },
} as const;

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: { lexical },
} as const satisfies JsonSchema;

export type EmbedParams = FromSchema<typeof parameters>;
export type LexicalParams = EmbedParams['lexical'];
