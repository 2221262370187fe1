/**
 * Parameters of the mine kind: the queries and their positives, the sources of negatives, the guards against false
 * negatives, and the scorer. Schema and types; nothing is mined here.
 */
import { bm25Properties } from '../../src/retrieval/bm25-parameters.ts';
import { ignoreIdenticalIds } from '../../src/retrieval/identical-ids-parameter.ts';
import type { FromSchema, JsonSchema } from '../../src/stage.ts';
import {
  fillSchema,
  fusionSchema,
  preferAnswersSchema,
  positivesSchema,
  queriesSchema,
} from './parameters/positives.ts';

const weight = {
  description: 'Sampling weight of this source, relative to the weights of the others.',
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1_000_000,
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

/** `by` says whose scores are limited. */
const limits = (by: string) =>
  ({
    max_score: { description: `Maximum ${by} score of a negative.`, type: 'number' },
    absolute_margin: {
      description: `Absolute margin: leave out documents whose ${by} score is above that of the positive minus this.`,
      type: 'number',
      minimum: 0,
      maximum: 1_000_000,
    },
    relative_margin: {
      description:
        `Relative margin: leave out documents whose ${by} score is above that of the positive minus this fraction of ` +
        'it. 0.05 keeps scores of at most 95 % of the positive.',
      type: 'number',
      minimum: 0,
      maximum: 1000,
    },
  }) as const;

const ranked = (by: string) =>
  ({
    range_min: {
      description: 'Skip this many of the top results, including known positives.',
      type: 'integer',
      minimum: 0,
      maximum: 10000,
      default: 0,
    },
    range_max: {
      description: 'Use at most this many of the top results, including the skipped ones.',
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      default: 100,
    },
    min_score: { description: `Minimum ${by} score of a negative.`, type: 'number' },
    ...limits(by),
    sampling_strategy: {
      description:
        'Sampling strategy: `top` takes the best remaining results, and further triplets of a pair continue down the list; `random` samples uniformly.',
      enum: ['top', 'random'],
      default: 'random',
    },
  }) as const;

const negatives = {
  description:
    'Sources of negatives. Each negative is drawn from a source chosen by weight; if that has none left for a query, ' +
    'from the first source in the list that has.',
  type: 'array',
  minItems: 1,
  maxItems: 16,
  default: [{ from: 'random', weight: 1 }],
  items: {
    type: 'object',
    discriminator: { propertyName: 'from' },
    oneOf: [
      source('random', 'Random documents of the corpus.', {}),
      source('candidates', 'Candidates of the query that are not relevant.', {}),
      source('bm25', 'Hard negatives: the top BM25 results of the query.', ranked('BM25')),
      source(
        'model',
        'Hard negatives: the nearest documents by an earlier model. Needs its `embeddings`; an `index` makes it faster.',
        ranked('model'),
      ),
    ],
  },
} as const;

const guards = {
  description: 'Filters against false negatives, applied to all sources.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    near_duplicate: {
      description:
        'Near-duplicate threshold: leave out documents whose shingles have at least this Jaccard similarity with those ' +
        'of a positive; 1 leaves out only those with the same shingles.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.9,
    },
    shingle: {
      description: 'Shingle width: tokens per shingle.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 3,
    },
    ...limits('`scorer`'),
  },
} as const;

const bm25 = {
  description: 'BM25 parameters, if a source or the scorer uses BM25.',
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
      description: 'Split whose queries are mined.',
      type: 'string',
      minLength: 1,
      'x-split': true,
      default: 'train',
    },
    queries: queriesSchema,
    positives: positivesSchema,
    if_none: {
      description:
        'Handling of a split without such queries: `fail`, or `empty`, which gives a set without triplets and a warning. ' +
        '`train` leaves empty sets out, so that one spec serves for any number of judged queries.',
      enum: ['fail', 'empty'],
      default: 'fail',
    },
    negatives,
    prefer_answers: preferAnswersSchema,
    fill: fillSchema,
    num_negatives: {
      description: 'Number of negatives per triplet, all different.',
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 1,
    },
    triplets_per_positive: {
      description: 'Number of triplets per pair of a query and a positive, each with its own negatives.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 1,
    },
    ignore_identical_ids: ignoreIdenticalIds,
    guards,
    scorer: {
      description:
        'Scorer of the documents of each triplet: `none`, `bm25`, the earlier `model`, or the `fusion` of both; `auto` is ' +
        'the retriever of weak positives, else `none`. The scores are stored in the artifact, as teacher scores for the ' +
        'margin-MSE loss; the limits under `guards` apply to them.',
      enum: ['auto', 'none', 'bm25', 'model', 'fusion'],
      default: 'auto',
    },
    bm25,
    fusion: fusionSchema,
    seed: { description: 'Seed for sampling.', type: 'integer', minimum: 0, default: 42 },
  },
} as const satisfies JsonSchema;

export type MineParams = FromSchema<typeof parameters>;
export type NegativeParams = MineParams['negatives'][number];
/** A source that ranks and scores the documents it proposes. */
export type RankedParams = Extract<NegativeParams, { readonly from: 'bm25' | 'model' }>;
/** Limits on the score of a negative; names and meaning as in sentence-transformers. */
export type Limits = Pick<RankedParams, 'max_score' | 'absolute_margin' | 'relative_margin'>;
