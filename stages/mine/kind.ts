import { defineStage } from '../../src/stage.ts';
import { parameters, type MineParams } from './parameters.ts';

export const stage = defineStage<MineParams>({
  description:
    'Makes training triplets (query, relevant document, irrelevant documents) with negatives drawn at random, ' +
    "from the query's own candidates, from the best BM25 matches or from an earlier model's nearest " +
    'neighbours; never a known positive, a copy of its text or a near copy.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'Queries, documents, judgements and candidates.' },
    embeddings: {
      type: 'embeddings',
      description: "An earlier round's vectors, for `from: model` and `scorer: model`.",
      optional: true,
    },
    index: {
      type: 'index',
      description: 'An index over these embeddings that proposes neighbours; without it, search is exact.',
      optional: true,
    },
  },
  output: 'triplets',
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
