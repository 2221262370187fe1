/**
 * Parameters of the index kind: the metric, the precision of stored vectors, and the HNSW graph. Schema and type;
 * the index is built in run.ts.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

export const LARGEST_EXPANSION = 65_536;

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
      maximum: LARGEST_EXPANSION,
      default: 128,
    },
    expansion_search: {
      description:
        'HNSW ef_search: candidates examined by a search. More gives better recall and slower search.',
      type: 'integer',
      minimum: 1,
      maximum: LARGEST_EXPANSION,
      default: 64,
    },
    target_recall: {
      description:
        'Recall@10 against exact search that searches must reach, such as 0.99: `expansion_search` is doubled until a ' +
        'sample of the queries reaches it. By default `expansion_search` stays as it is.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
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
