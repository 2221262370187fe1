import type { Similarity } from '../../src/formats/embeddings.ts';
import type { Quantization } from '../../src/formats/index-config.ts';
import { defineStage } from '../../src/stage.ts';

export interface IndexParams {
  readonly metric: 'auto' | Similarity;
  readonly quantization: Quantization;
  readonly connectivity: number;
  readonly expansion_add: number;
  readonly expansion_search: number;
  readonly parallel: boolean;
}

export const stage = defineStage<IndexParams>({
  description:
    'Builds an approximate nearest-neighbour index (usearch, HNSW) over the document embeddings, ' +
    'and measures its recall against exact search on a sample of the queries.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      metric: {
        description: 'What compares two vectors; auto takes the similarity that the model was trained for.',
        enum: ['auto', 'cosine', 'dot', 'euclidean'],
        default: 'auto',
      },
      quantization: {
        description:
          'How vectors are kept in the index: f32 as they are, f16 in half the space, i8 in a quarter ' +
          '(cosine only, as lengths are lost).',
        enum: ['f32', 'f16', 'i8'],
        default: 'f32',
      },
      connectivity: {
        description: 'Neighbours kept for each vector (M in the HNSW paper): more is larger and more exact.',
        type: 'integer',
        minimum: 2,
        maximum: 512,
        default: 16,
      },
      expansion_add: {
        description:
          'Candidates looked at while a vector is added (ef_construction): more is slower and more exact.',
        type: 'integer',
        minimum: 1,
        maximum: 65536,
        default: 128,
      },
      expansion_search: {
        description: 'Candidates looked at while searching (ef): more is slower and more exact.',
        type: 'integer',
        minimum: 1,
        maximum: 65536,
        default: 64,
      },
      parallel: {
        description:
          'Add vectors on all threads: quicker on a large corpus, but the graph then differs slightly each time.',
        type: 'boolean',
        default: false,
      },
    },
  },
  inputs: { embeddings: { type: 'embeddings', description: 'Vectors of the documents to index.' } },
  output: 'index',
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
