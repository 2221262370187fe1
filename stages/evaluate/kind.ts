/**
 * Declares the evaluate kind: it measures how well embeddings retrieve, next to baselines on the same queries.
 * Cheap to import; the work is in run.ts.
 */
import { defineStage } from '../../src/stage.ts';
import { parameters, type EvaluateParams } from './parameters.ts';

export const stage = defineStage<EvaluateParams>({
  description:
    'Measures how well the embeddings retrieve, over the whole corpus and within the candidates, beside BM25, ' +
    'their fusion, mean word vectors and chance on the same queries, with intervals and tests of significance; ' +
    'writes a report, figures for each query, and TREC run and qrels files.',
  parameters,
  inputs: {
    corpus: { type: 'corpus', description: 'Names and texts of queries and documents.' },
    tokens: { type: 'tokens', description: 'What BM25 reads; judgements, candidates and splits.' },
    embeddings: { type: 'embeddings', description: 'The vectors that are judged.' },
    index: {
      type: 'index',
      description: 'An index over these embeddings, to measure what approximate search loses and gains.',
      optional: true,
    },
    vectors: {
      type: 'vectors',
      description: 'Word vectors, whose mean over a text is the baseline `mean`.',
      optional: true,
    },
    against: {
      type: 'report',
      description: 'Reports on the same queries that the model is tested against.',
      optional: true,
      many: true,
    },
    seeds: {
      type: 'report',
      description: 'Reports of the same model from other seeds: mean and spread over all of them are stated.',
      optional: true,
      many: true,
    },
  },
  output: 'report',
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
