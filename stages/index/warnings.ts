/** When an index loses too many of the true neighbours. */
import type { IndexConfig } from '../../src/formats/index-config.ts';
import type { StageWarning } from '../../src/stage.ts';

/** HNSW reaches 0.95 to 1 with the defaults. Below this, a search misses more than one of ten true neighbours. */
const LOWEST_RECALL = 0.9;

/** Undefined for a good index, and where there are no queries to measure with. */
export function recallWarning(recall: number | undefined, config: IndexConfig): StageWarning | undefined {
  if (recall === undefined) return undefined;
  const target = config.target_recall;
  if (target !== undefined && recall < target) return missedTarget(recall, target, config);
  if (recall >= LOWEST_RECALL) return undefined;
  return {
    message: `approximate search finds only ${(recall * 100).toFixed(1)} % of the true 10 nearest documents (recall@10)`,
    cause:
      config.quantization === 'i8'
        ? '`quantization: i8` rounds the vectors coarsely, or the graph is too sparse.'
        : 'The graph is too sparse or searched too briefly, or the embeddings are so alike that their order is arbitrary.',
    hint: 'Write `target_recall: 0.99`, which raises `expansion_search` as far as needed; or raise `connectivity` and `expansion_add`, or store the vectors as `f32`.',
    parameter: 'expansion_search',
  };
}

function missedTarget(
  recall: number,
  target: number,
  { expansion_search: largest, quantization }: IndexConfig,
): StageWarning {
  return {
    message: `recall@10 is ${recall.toFixed(4)} at the largest \`expansion_search\`, ${largest}: the target of ${target} is not reached`,
    cause:
      quantization === 'f32'
        ? 'The graph is too sparse: some documents are not reached however long it is searched; or documents are equally near.'
        : `\`quantization: ${quantization}\` rounds the vectors, so that neighbours change places however long the graph is searched.`,
    hint:
      quantization === 'f32'
        ? 'Raise `connectivity` and `expansion_add`, or lower `target_recall`.'
        : 'Write `quantization: f32`, or lower `target_recall`.',
    parameter: 'target_recall',
  };
}
