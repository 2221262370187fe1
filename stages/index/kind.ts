import { defineStage } from '../../src/stage.ts';
import { parameters, type IndexParams } from './parameters.ts';

export const stage = defineStage<IndexParams>({
  description:
    'Builds an approximate nearest-neighbour index (usearch, HNSW) over the document embeddings, ' +
    'and measures its recall against exact search on a sample of the queries.',
  parameters,
  inputs: { embeddings: { type: 'embeddings', description: 'Vectors of the documents to index.' } },
  output: 'index',
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
