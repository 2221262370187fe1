import type { Metrics } from '../../src/stage.ts';
import type { TokenStatistics } from './statistics.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `vocabulary 28,411 · OOV 1.2 % (test 2.0 %)` */
export function headline(statistics: TokenStatistics): string {
  const { test } = statistics.queries;
  const known = statistics.vocabulary.model.toLocaleString('en');
  const ofTest = test ? ` (test ${percent(test.unknown_share)})` : '';
  return `vocabulary ${known} · OOV ${percent(statistics.documents.unknown_share)}${ofTest}`;
}

export function metricsOf(statistics: TokenStatistics): Metrics {
  const metrics: Record<string, number> = {
    vocabulary: statistics.vocabulary.model,
    words: statistics.vocabulary.words,
  };
  for (const [name, texts] of [
    ['documents', statistics.documents] as const,
    ...Object.entries(statistics.queries),
  ]) {
    metrics[`${name}.tokens`] = texts.words;
    metrics[`${name}.oov`] = texts.unknown_share;
    metrics[`${name}.length_p50`] = texts.length.p50;
    metrics[`${name}.length_p95`] = texts.length.p95;
    metrics[`${name}.truncated`] = texts.truncated_share;
  }
  return metrics;
}
