/**
 * What an index stage can be told: the metric, the precision of stored vectors, and the sizes of the HNSW graph.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const parameters = {
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
} as const satisfies JsonSchema;

export type IndexParams = FromSchema<typeof parameters>;
