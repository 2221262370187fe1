/**
 * Measures of one ranked list, as defined by trec_eval (https://github.com/usnistgov/trec_eval; names in brackets),
 * each in 0 … 1. `relevant` maps doc_id → relevance above 0 and must not be empty: the caller leaves queries without
 * relevant documents out of averages, and counts them.
 */
import { log2 } from '../base/math.ts';

export type Relevance = ReadonlyMap<number, number>;

/** Rank, from 1, of the first relevant document; undefined if none is listed. */
export function firstRelevantRank(ranking: Uint32Array, relevant: Relevance): number | undefined {
  const position = ranking.findIndex((document) => relevant.has(document));
  return position < 0 ? undefined : position + 1;
}

/** RR@k [recip_rank of the list cut off at k]: 1 / rank of the first relevant document, 0 beyond k. Mean: MRR. */
export function reciprocalRank(ranking: Uint32Array, relevant: Relevance, k = Infinity): number {
  const found = firstRelevantRank(ranking, relevant);
  return found !== undefined && found <= k ? 1 / found : 0;
}

/**
 * nDCG@k [ndcg_cut]: Σ relevance / log2(rank + 1) over the first k, divided by that of the ideal ranking
 * (Järvelin and Kekäläinen 2002). The gain is the relevance itself (linear, as in trec_eval), not 2^relevance − 1.
 */
export function ndcg(ranking: Uint32Array, relevant: Relevance, k: number): number {
  const gains = Array.from(ranking.subarray(0, k), (document) => relevant.get(document) ?? 0);
  return discountedGain(gains) / idealGain(relevant, k);
}

/** DCG@k of the ideal ranking. */
export function idealGain(relevant: Relevance, k: number): number {
  return discountedGain([...relevant.values()].sort((a, b) => b - a).slice(0, k));
}

function discountedGain(gains: readonly number[]): number {
  return gains.reduce((sum, gain, position) => (gain > 0 ? sum + gain / log2(position + 2) : sum), 0);
}

/**
 * Average precision [map]: the mean, over all relevant documents, of the precision at their rank, 0 for those not
 * listed. The list's length is the cut-off; trec_eval's default is 1,000.
 */
export function averagePrecision(ranking: Uint32Array, relevant: Relevance): number {
  let found = 0;
  let sum = 0;
  for (const [position, document] of ranking.entries()) {
    if (!relevant.has(document)) continue;
    found += 1;
    sum += found / (position + 1);
  }
  return sum / relevant.size;
}

function relevantWithin(ranking: Uint32Array, relevant: Relevance, k: number): number {
  return ranking.subarray(0, k).reduce((count, document) => (relevant.has(document) ? count + 1 : count), 0);
}

/** Recall@k [recall]: the fraction of the relevant documents that are among the first k. */
export function recall(ranking: Uint32Array, relevant: Relevance, k: number): number {
  return relevantWithin(ranking, relevant, k) / relevant.size;
}

/** Precision@k [P]: the fraction of the first k that are relevant; a list shorter than k counts as padded. */
export function precision(ranking: Uint32Array, relevant: Relevance, k: number): number {
  return relevantWithin(ranking, relevant, k) / k;
}

/** Hit@k [success]: 1 if any of the first k is relevant. */
export function hit(ranking: Uint32Array, relevant: Relevance, k: number): number {
  return relevantWithin(ranking, relevant, k) > 0 ? 1 : 0;
}
