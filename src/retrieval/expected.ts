/**
 * Expected values of the measures in metrics.ts over all orders of n documents, R of them relevant: the random
 * baseline, without sampling. `relevant` is as in metrics.ts, and its documents are among the n.
 */
import { log2 } from '../base/math.ts';
import { idealGain, type Relevance } from './metrics.ts';

/** E[RR@k] = Σ over r ≤ k of P(first relevant at r) / r. */
export function expectedReciprocalRank(n: number, relevant: Relevance, k: number): number {
  let none = 1;
  let sum = 0;
  for (let r = 1; r <= Math.min(k, n - relevant.size + 1); r++) {
    const now = relevant.size / (n - r + 1);
    sum += (none * now) / r;
    none *= 1 - now;
  }
  return sum;
}

/** P(at least one of the first k is relevant). */
export function expectedHit(n: number, relevant: Relevance, k: number): number {
  let none = 1;
  for (let r = 1; r <= Math.min(k, n); r++) none *= Math.max(0, 1 - relevant.size / (n - r + 1));
  return 1 - none;
}

export function expectedRecall(n: number, k: number): number {
  return Math.min(k, n) / n;
}

export function expectedPrecision(n: number, relevant: Relevance, k: number): number {
  return (Math.min(k, n) / k) * (relevant.size / n);
}

/** The expected relevance at each rank is the mean relevance. */
export function expectedNdcg(n: number, relevant: Relevance, k: number): number {
  const mean = [...relevant.values()].reduce((sum, gain) => sum + gain, 0) / n;
  let discounts = 0;
  for (let r = 1; r <= Math.min(k, n); r++) discounts += 1 / log2(r + 1);
  return (mean * discounts) / idealGain(relevant, k);
}

/** E[AP] = 1/n · Σ over r ≤ depth of (1 + (r − 1)(R − 1)/(n − 1)) / r: the precision at r if rank r is relevant. */
export function expectedAveragePrecision(n: number, relevant: Relevance, depth: number): number {
  const others = n > 1 ? (relevant.size - 1) / (n - 1) : 0;
  let sum = 0;
  for (let r = 1; r <= Math.min(depth, n); r++) sum += (1 + (r - 1) * others) / r;
  return sum / n;
}
