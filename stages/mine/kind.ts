import { defineStage } from '../../src/stage.ts';

interface Weighted {
  readonly weight: number;
}
export interface RandomParams extends Weighted {
  readonly from: 'random';
}
export interface CandidatesParams extends Weighted {
  readonly from: 'candidates';
}
export interface Bm25SourceParams extends Weighted {
  readonly from: 'bm25';
  readonly range_min: number;
  readonly range_max: number;
}
export type NegativeParams = RandomParams | CandidatesParams | Bm25SourceParams;

export interface MineParams {
  readonly split: string;
  readonly negatives: readonly NegativeParams[];
  readonly num_negatives: number;
  readonly triplets_per_positive: number;
  readonly bm25: { readonly k1: number; readonly b: number };
  readonly seed: number;
}

const weight = {
  description: 'How often this source is asked, relative to the weights of the others.',
  type: 'number',
  exclusiveMinimum: 0,
  default: 1,
};

const source = (from: string, description: string, properties: object = {}): object => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: ['from'],
  properties: { from: { description, const: from }, weight, ...properties },
});

const bm25 = {
  description: 'Parameters of BM25, where a source uses it.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    k1: {
      description: 'How slowly repeated words stop counting; Lucene uses 1.2, Anserini 0.9.',
      type: 'number',
      minimum: 0,
      default: 0.9,
    },
    b: {
      description: 'How much long documents are held back, 0 to 1; Lucene uses 0.75, Anserini 0.4.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.4,
    },
  },
};

export const stage = defineStage<MineParams>({
  description:
    'Makes training triplets (query, relevant document, irrelevant documents) with negatives drawn at random, ' +
    "from the query's own candidates or from the best BM25 matches; never a known positive or a copy of its text.",
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      split: {
        description: 'The split whose queries are used.',
        type: 'string',
        minLength: 1,
        default: 'train',
      },
      negatives: {
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
            source('random', 'Any document of the corpus.'),
            source('candidates', 'The documents that came with the query and were not selected.'),
            source('bm25', 'The best BM25 matches of the query.', {
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
            }),
          ],
        },
      },
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
      bm25,
      seed: { description: 'Seed of the draws.', type: 'integer', minimum: 0, default: 42 },
    },
  },
  inputs: { tokens: { type: 'tokens', description: 'Queries, documents, judgements and candidates.' } },
  output: 'triplets',
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
