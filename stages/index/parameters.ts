/**
 * Parameters of the index kind: the metric, the precision of stored vectors, and the HNSW graph. Schema and type;
 * the index is built in run.ts.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    metric: {
      description: 'Similarity of two vectors; `auto` is the one that the model was trained with.',
      enum: ['auto', 'cosine', 'dot', 'euclidean'],
      default: 'auto',
    },
    quantization: {
      description:
        'Storage precision of the vectors: `f32`, `f16` (half the size) or `i8` (a quarter of the size; cosine only, ' +
        'because norms are lost).',
      enum: ['f32', 'f16', 'i8'],
      default: 'f32',
    },
    connectivity: {
      description: 'HNSW M: neighbours per vector in the graph. More gives better recall and a larger index.',
      type: 'integer',
      minimum: 2,
      maximum: 512,
      default: 16,
    },
    expansion_add: {
      description:
        'HNSW ef_construction: candidates examined when a vector is added. More gives better recall and a slower build.',
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 128,
    },
    expansion_search: {
      description:
        'HNSW ef_search: candidates examined by a search. More gives better recall and slower search.',
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 64,
    },
    parallel: {
      description:
        'Add vectors on all threads: faster on a large corpus, but the graph then differs slightly from build to build.',
      type: 'boolean',
      default: false,
    },
  },
} as const satisfies JsonSchema;

export type IndexParams = FromSchema<typeof parameters>;
