/** What a mine stage can be told: the sources of negatives, the guards against false ones, and the scorer. */
import { bm25Properties } from '../../src/retrieval/bm25-parameters.ts';
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const weight = {
  description: 'How often this source is asked, relative to the weights of the others.',
  type: 'number',
  exclusiveMinimum: 0,
  default: 1,
} as const;

const source = <const From extends string, const Own extends object>(
  from: From,
  description: string,
  properties: Own,
) =>
  ({
    type: 'object',
    description,
    additionalProperties: false,
    required: ['from'],
    properties: { from: { description, const: from }, weight, ...properties },
  }) as const;

/** `by` says whose scores they are. */
const limits = (by: string) =>
  ({
    max_score: { description: `Leave out documents with a higher ${by} score.`, type: 'number' },
    absolute_margin: {
      description: `Leave out documents whose ${by} score is above the positive's less this.`,
      type: 'number',
      minimum: 0,
    },
    relative_margin: {
      description:
        `Leave out documents whose ${by} score is above the positive's less this part of it: ` +
        '0.05 keeps what scores at most 95 % of the positive.',
      type: 'number',
      minimum: 0,
    },
  }) as const;

const ranked = (by: string) =>
  ({
    range_min: {
      description: 'Leave out this many of the best matches, known positives included.',
      type: 'integer',
      minimum: 0,
      default: 0,
    },
    range_max: {
      description: 'Look at this many matches at most, those left out included.',
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      default: 100,
    },
    min_score: { description: `Leave out documents with a lower ${by} score.`, type: 'number' },
    ...limits(by),
    sampling_strategy: {
      description:
        'top takes the best that are left, further triplets of a pair going on down the list; random draws evenly.',
      enum: ['top', 'random'],
      default: 'random',
    },
  }) as const;

const negatives = {
  description:
    'Where negatives come from: each one is drawn from a source chosen by weight; where that has nothing ' +
    'left for a query, the next in the list stands in.',
  type: 'array',
  minItems: 1,
  maxItems: 16,
  default: [{ from: 'random', weight: 1 }],
  items: {
    type: 'object',
    discriminator: { propertyName: 'from' },
    oneOf: [
      source('random', 'Any document of the corpus.', {}),
      source('candidates', 'The documents that came with the query and were not selected.', {}),
      source('bm25', 'The best BM25 matches of the query.', ranked('BM25')),
      source(
        'model',
        "The nearest documents by an earlier round's model: give its `embeddings`, and an `index` for speed.",
        ranked("model's"),
      ),
    ],
  },
} as const;

const guards = {
  description: 'What keeps false negatives out, whichever source proposes them.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    near_duplicate: {
      description:
        'Leave out documents whose word shingles overlap this much (Jaccard) or more with those of a relevant ' +
        'document; 1 leaves out only those with the same shingles.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.9,
    },
    shingle: {
      description: 'Words in a shingle.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 3,
    },
    ...limits("`scorer`'s"),
  },
} as const;

const bm25 = {
  description: 'Parameters of BM25, where a source or the scorer uses it.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: bm25Properties,
} as const;

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    split: {
      description: 'The split whose queries are used.',
      type: 'string',
      minLength: 1,
      default: 'train',
    },
    negatives,
    num_negatives: {
      description: 'Negatives in each triplet, all different.',
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 1,
    },
    triplets_per_positive: {
      description:
        'Triplets made for each pair of a query and a relevant document, with negatives of their own.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 1,
    },
    guards,
    scorer: {
      description:
        "Who scores each triplet's documents: the scores go into the artifact, where a margin-MSE loss learns " +
        "from them, and the limits under `guards` compare them; model is the earlier round's.",
      enum: ['none', 'bm25', 'model'],
      default: 'none',
    },
    bm25,
    seed: { description: 'Seed of the draws.', type: 'integer', minimum: 0, default: 42 },
  },
} as const satisfies JsonSchema;

export type MineParams = FromSchema<typeof parameters>;
export type NegativeParams = MineParams['negatives'][number];
/** A source that ranks and scores the documents it proposes. */
export type RankedParams = Extract<NegativeParams, { readonly from: 'bm25' | 'model' }>;
/** What a score may be beside the positive's; names and meaning as in sentence-transformers. */
export type Limits = Pick<RankedParams, 'max_score' | 'absolute_margin' | 'relative_margin'>;
