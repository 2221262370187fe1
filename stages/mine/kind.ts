import { defineStage } from '../../src/stage.ts';
import { parameters, type MineParams } from './parameters.ts';

export const stage = defineStage<MineParams>({
  description:
    'Mines training triplets (query, positive, negatives) with negatives drawn at random, from the candidates of the ' +
    'query, from the top BM25 results or from the nearest neighbours by an earlier model. Known positives, their ' +
    'duplicates and near-duplicates are never negatives. Queries without a judgement can have weak positives.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'Queries, documents, relevance judgements and candidates.' },
    embeddings: {
      type: 'embeddings',
      description:
        'Embeddings by the model of an earlier round, for negatives, positives and scores by `model` or `fusion`.',
      optional: true,
    },
    index: {
      type: 'index',
      description: 'ANN index over these embeddings that proposes neighbours; without it, search is exact.',
      optional: true,
    },
    report: {
      type: 'report',
      description:
        'Report on these embeddings whose recorded fusion with BM25 is used, instead of `fusion.weight`.',
      optional: true,
    },
  },
  output: 'triplets',
  metrics: [
    'triplets',
    'queries',
    'triplets/weak',
    'queries/weak',
    'left_out/*',
    'incomplete',
    'filled/*',
    'rejected/*',
    'share/*',
    'median_rank/*',
    'above_positive/*',
  ],
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
