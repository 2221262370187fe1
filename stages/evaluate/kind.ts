import { defineStage } from '../../src/stage.ts';

export type Baseline = 'bm25' | 'random';

export interface Cutoffs {
  readonly mrr: readonly number[];
  readonly ndcg: readonly number[];
  readonly recall: readonly number[];
  readonly hit: readonly number[];
}

export interface EvaluateParams {
  readonly split: string;
  readonly depth: number;
  readonly run_depth: number;
  readonly cutoffs: Cutoffs;
  readonly baselines: readonly Baseline[];
  readonly bm25: { readonly k1: number; readonly b: number };
}

const cutoffs = (description: string, values: readonly number[]): object => ({
  description,
  type: 'array',
  items: { type: 'integer', minimum: 1, maximum: 10000 },
  uniqueItems: true,
  default: values,
});

export const stage = defineStage<EvaluateParams>({
  description:
    'Measures how well the embeddings retrieve, over the whole corpus and within the candidates, beside BM25 and ' +
    'chance on the same queries; writes a report, figures for each query, and TREC run and qrels files.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      split: {
        description: 'The split whose queries are asked.',
        type: 'string',
        minLength: 1,
        default: 'test',
      },
      depth: {
        description:
          'How many documents are ranked for a query: the cut-off of MAP and the most that recall sees.',
        type: 'integer',
        minimum: 1,
        maximum: 10000,
        default: 1000,
      },
      run_depth: {
        description:
          'How many of them the TREC run files hold; equal to depth, other tools give the same MAP.',
        type: 'integer',
        minimum: 1,
        maximum: 10000,
        default: 100,
      },
      cutoffs: {
        description: 'Ranks at which the measures of the whole corpus are cut off.',
        type: 'object',
        additionalProperties: false,
        default: {},
        properties: {
          mrr: cutoffs('MRR@k: 1 / rank of the first relevant document.', [10]),
          ndcg: cutoffs('nDCG@k, linear gain.', [10]),
          recall: cutoffs('Recall@k: part of the relevant documents found.', [1, 5, 10, 100]),
          hit: cutoffs('Hit@k: queries with any relevant document found.', [1, 5, 10]),
        },
      },
      baselines: {
        description: 'What the model is compared with; random is the expected value over all orders.',
        type: 'array',
        items: { enum: ['bm25', 'random'] },
        uniqueItems: true,
        default: ['bm25', 'random'],
      },
      bm25: {
        description: 'Parameters of BM25.',
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
      },
    },
  },
  inputs: {
    corpus: { type: 'corpus', description: 'Names and texts of queries and documents.' },
    tokens: { type: 'tokens', description: 'What BM25 reads; judgements, candidates and splits.' },
    embeddings: { type: 'embeddings', description: 'The vectors that are judged.' },
    index: {
      type: 'index',
      description: 'An index over these embeddings, to measure what approximate search loses and gains.',
      optional: true,
    },
  },
  output: 'report',
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
