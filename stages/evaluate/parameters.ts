/**
 * What an evaluate stage can be told: the split, the measures' cut-offs, the baselines, and the intervals and tests.
 * Schema and types; nothing is measured here.
 */
import { bm25Properties } from '../../src/retrieval/bm25-parameters.ts';
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const cutoffs = (description: string, values: readonly number[]) =>
  ({
    description,
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: 10000 },
    uniqueItems: true,
    default: values,
  }) as const;

const group = <const Properties extends object>(description: string, properties: Properties) =>
  ({
    description,
    type: 'object',
    additionalProperties: false,
    default: {},
    properties,
  }) as const;

const integer = (description: string, minimum: number, maximum: number, value: number) =>
  ({
    description,
    type: 'integer',
    minimum,
    maximum,
    default: value,
  }) as const;

const lists = {
  depth: integer(
    'How many documents are ranked for a query: the cut-off of MAP and the most that recall sees.',
    1,
    10000,
    1000,
  ),
  run_depth: integer(
    'How many of them the TREC run files hold; equal to depth, other tools give the same MAP.',
    1,
    10000,
    100,
  ),
  cutoffs: group('Ranks at which the measures of the whole corpus are cut off.', {
    mrr: cutoffs('MRR@k: 1 / rank of the first relevant document.', [10]),
    ndcg: cutoffs('nDCG@k, linear gain.', [10]),
    recall: cutoffs('Recall@k: part of the relevant documents found.', [1, 5, 10, 100]),
    hit: cutoffs('Hit@k: queries with any relevant document found.', [1, 5, 10]),
  }),
} as const;

const rivals = {
  baselines: {
    description:
      'What the model is compared with: BM25; the mean of word vectors, where `vectors` are given; and random, ' +
      'the expected value over all orders.',
    type: 'array',
    items: { enum: ['bm25', 'mean', 'random'] },
    uniqueItems: true,
    default: ['bm25', 'mean', 'random'],
  },
  bm25: group('Parameters of BM25.', bm25Properties),
  mean: group('The mean of word vectors.', {
    weighting: {
      description:
        "How much a word counts: idf by BM25's weight for it, so that frequent words do not drown the others, or none.",
      enum: ['idf', 'none'],
      default: 'idf',
    },
  }),
  fusion: group('Reciprocal rank fusion of the model with BM25, as a system of its own.', {
    enabled: {
      description: 'Whether it is measured, where BM25 is.',
      type: 'boolean',
      default: true,
    },
    k: {
      description: 'Added to every rank: the larger, the less the first ranks stand out.',
      type: 'number',
      minimum: 0,
      default: 60,
    },
    weight: {
      description: "How much the model's list counts, 0 to 1; BM25's counts the rest.",
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.5,
    },
  }),
} as const;

const statistics = {
  bootstrap: group('Intervals of the means, by resampling the queries.', {
    samples: integer('How many times; 0 leaves intervals out.', 0, 1_000_000, 1000),
    confidence: {
      description: 'How often such an interval should hold the true mean.',
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.95,
    },
  }),
  permutations: integer(
    'Tosses of the paired randomisation test against each rival; 0 leaves the test out.',
    0,
    10_000_000,
    10_000,
  ),
  seed: {
    description: 'Seed of the resampling; it changes no measure.',
    type: 'integer',
    minimum: 0,
    default: 42,
  },
} as const;

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    label: {
      description: 'What the model is called in this report and in those that compare with it.',
      type: 'string',
      pattern: '^[^/\\t\\n\\r]+$',
      default: 'model',
    },
    split: {
      description:
        'The split whose queries are asked: `validation` while settings are chosen, `test` once for the final ones.',
      type: 'string',
      minLength: 1,
      default: 'test',
    },
    ...lists,
    ...rivals,
    ...statistics,
    examples: integer(
      'How many queries the report shows as won most and lost most against BM25.',
      0,
      1000,
      10,
    ),
  },
} as const satisfies JsonSchema;

export type EvaluateParams = FromSchema<typeof parameters>;
export type Cutoffs = EvaluateParams['cutoffs'];
export type FusionParams = EvaluateParams['fusion'];
export type MeanWeighting = EvaluateParams['mean']['weighting'];
