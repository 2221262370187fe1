/** What an embed stage says of the lexical part. */
import type { HybridConfig } from '../../../src/formats/embeddings.ts';
import type { Metrics } from '../../../src/stage.ts';

export function hybridMetrics({ weight, validation }: HybridConfig): Metrics {
  const scoreOf = (wanted: number): number | undefined =>
    validation?.scores.find((score) => score.weight === wanted)?.['mrr@10'];
  const [chosen, learned] = [scoreOf(weight), scoreOf(0)];
  return {
    'lexical/weight': weight,
    ...(chosen !== undefined && { 'validation/mrr@10': chosen }),
    ...(learned !== undefined && { 'validation/mrr@10_learned': learned }),
  };
}

/** `256 + 512 dimensions · lexical weight 0.5 (validation MRR@10 0.735, without 0.556)` */
export function hybridText(hybrid: HybridConfig): string {
  const { 'validation/mrr@10': chosen, 'validation/mrr@10_learned': learned } = hybridMetrics(hybrid);
  const figures =
    typeof chosen === 'number' && typeof learned === 'number'
      ? ` (validation MRR@10 ${chosen.toFixed(3)}, without ${learned.toFixed(3)})`
      : '';
  const { learned: model, lexical, weight } = hybrid;
  return `${model.dimensions} + ${lexical.dimensions} dimensions · lexical weight ${weight}${figures}`;
}
