import { defineStage } from '../../src/stage.ts';
import { parameters, type IndexParams } from './parameters.ts';

export const stage = defineStage<IndexParams>({
  description:
    'Builds an approximate nearest-neighbour (ANN) index over the document embeddings (HNSW, by usearch) and measures ' +
    'its recall against exact search on a sample of the queries.',
  parameters,
  inputs: {
    embeddings: {
      type: 'embeddings',
      description: 'Document embeddings to index, and query embeddings to measure recall.',
    },
  },
  output: 'index',
  metrics: ['documents', 'documents/s', 'recall@10', 'expansion_search'],
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
