/** When an index loses too many of the true neighbours. */
import type { IndexConfig } from '../../src/formats/index-config.ts';
import type { StageWarning } from '../../src/stage.ts';

/** HNSW reaches 0.95 to 1 with the defaults. Below this, a search misses more than one of ten true neighbours. */
const LOWEST_RECALL = 0.9;

/** Undefined for a good index, and where there are no queries to measure with. */
export function recallWarning(recall: number | undefined, config: IndexConfig): StageWarning | undefined {
  if (recall === undefined || recall >= LOWEST_RECALL) return undefined;
  return {
    message: `approximate search finds only ${(recall * 100).toFixed(1)} % of the true 10 nearest documents (recall@10)`,
    cause:
      config.quantization === 'i8'
        ? '`quantization: i8` rounds the vectors coarsely, or the graph is too sparse.'
        : 'The graph is too sparse or searched too briefly, or the embeddings are so alike that their order is arbitrary.',
    hint: 'Raise `expansion_search`, then `connectivity` and `expansion_add`, or store the vectors as `f32`.',
    parameter: 'expansion_search',
  };
}
