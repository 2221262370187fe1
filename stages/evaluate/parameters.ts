/**
 * Parameters of the evaluate kind: the split, the cut-offs of the measures, the baselines, the confidence intervals and
 * the tests. Schema and types; nothing is measured here.
 */
import { bm25Properties } from '../../src/retrieval/bm25-parameters.ts';
import { ignoreIdenticalIds } from '../../src/retrieval/identical-ids-parameter.ts';
import type { FromSchema, JsonSchema } from '../../src/stage.ts';
import { fusionSchema } from './fusion/parameters.ts';

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
    'Documents ranked per query: the cut-off of MAP and the maximum of all other cut-offs.',
    1,
    10000,
    1000,
  ),
  run_depth: {
    description:
      'Documents per query in the TREC run files, at most `depth`. By default the first 100, and further down to the ' +
      'last relevant document within `depth`: other tools then compute exactly the measures of the report.',
    type: 'integer',
    minimum: 1,
    maximum: 10000,
  },
  cutoffs: group('Rank cut-offs k of the measures over the whole corpus.', {
    mrr: cutoffs('Cut-offs of MRR@k: reciprocal rank of the first relevant document.', [10]),
    ndcg: cutoffs('Cut-offs of nDCG@k, with linear gain.', [10]),
    recall: cutoffs('Cut-offs of Recall@k: fraction of the relevant documents found.', [1, 5, 10, 100]),
    hit: cutoffs('Cut-offs of Hit@k: fraction of the queries with any relevant document found.', [1, 5, 10]),
  }),
} as const;

const rivals = {
  baselines: {
    description:
      'Baselines to compare with: `bm25`; `mean`, the mean of word vectors, if `vectors` are given; and `random`, the ' +
      'expected value over all orders.',
    type: 'array',
    items: { enum: ['bm25', 'mean', 'random'] },
    uniqueItems: true,
    default: ['bm25', 'mean', 'random'],
  },
  bm25: group('BM25 parameters.', bm25Properties),
  mean: group('Mean of word vectors.', {
    weighting: {
      description:
        'Weighting of the words: `idf` as in BM25, so that frequent words do not dominate, or `none`.',
      enum: ['idf', 'none'],
      default: 'idf',
    },
  }),
  fusion: fusionSchema,
  rivals: {
    description:
      'Other systems, by TREC run files of the same queries: each gets the same measures, and the model and the ' +
      'fusion are tested against it.',
    type: 'array',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'run'],
      properties: {
        name: {
          description: 'Name of the system in the report.',
          type: 'string',
          pattern: '^[^/\\t\\n\\r]+$',
        },
        run: {
          description:
            'TREC run file, gzipped if its name ends with .gz: lines `query Q0 document rank score tag`.',
          type: 'string',
          minLength: 1,
          'x-path': 'input',
        },
      },
    },
  },
} as const;

const statistics = {
  bootstrap: group('Bootstrap confidence intervals of the means, by resampling queries.', {
    samples: integer('Number of bootstrap samples; 0 disables the intervals.', 0, 1_000_000, 1000),
    confidence: {
      description: 'Confidence level of the intervals.',
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.95,
    },
  }),
  permutations: integer(
    'Permutations of the paired randomisation test against each rival; 0 disables the test.',
    0,
    10_000_000,
    10_000,
  ),
  seed: {
    description: 'Seed for resampling and permutations; it does not affect the measures.',
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
      description: 'Name of the model in this report and in reports that compare with it.',
      type: 'string',
      pattern: '^[^/\\t\\n\\r]+$',
      default: 'model',
    },
    split: {
      description:
        'Split whose queries are evaluated: `validation` while tuning, `test` once for the final settings.',
      type: 'string',
      minLength: 1,
      'x-split': true,
      default: 'test',
    },
    ignore_identical_ids: ignoreIdenticalIds,
    candidate_pools: {
      description:
        'Candidate pools that are evaluated: `with_relevant`, all that have a relevant candidate; `mixed`, only those ' +
        'that have an irrelevant one too, as answer-selection benchmarks (WikiQA, TREC-QA) are reported. The others ' +
        'are counted.',
      enum: ['with_relevant', 'mixed'],
      default: 'with_relevant',
    },
    ...lists,
    ...rivals,
    ...statistics,
    examples: integer(
      'Number of queries that the report shows as largest wins and as largest losses against BM25.',
      0,
      1000,
      10,
    ),
  },
} as const satisfies JsonSchema;

export type EvaluateParams = FromSchema<typeof parameters>;
export type Cutoffs = EvaluateParams['cutoffs'];
export type MeanWeighting = EvaluateParams['mean']['weighting'];
