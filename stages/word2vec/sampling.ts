/** Negative sampling and the subsampling of frequent words (Mikolov et al. 2013, 2.2 and 2.3). */
import type { Random } from '../../src/base/random.ts';

/** Draws ids in proportion to given weights, in constant time. */
export type Sampler = () => number;

/**
 * Walker's alias method by Vose's construction (1991, "A linear algorithm for generating random numbers with a
 * given distribution"): the integer part of one scaled 32-bit number chooses a column, its fractional part the
 * column's id or its alias.
 */
export function weightedSampler(weights: Float64Array, source: Random): Sampler {
  const n = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * n) / total);
  const alias = Uint32Array.from({ length: n }, (_, id) => id);
  const small: number[] = [];
  const large: number[] = [];
  for (let id = 0; id < n; id++) (share[id]! < 1 ? small : large).push(id);
  while (small.length > 0 && large.length > 0) {
    const [low, high] = [small.pop()!, large.pop()!];
    alias[low] = high;
    share[high] = share[high]! - (1 - share[low]!);
    (share[high] < 1 ? small : large).push(high);
  }
  // The remaining ones differ from 1 only by rounding.
  for (const id of [...small, ...large]) share[id] = 1;
  const scale = n / 2 ** 32;
  return () => {
    const place = source.uint32() * scale;
    const column = Math.floor(place);
    return place - column < share[column]! ? column : alias[column]!;
  };
}

/** count^(3/4), from square roots, which are exact on every machine. */
export function negativeWeights(counts: Uint32Array): Float64Array {
  return Float64Array.from(counts, (count) => Math.sqrt(count) * Math.sqrt(Math.sqrt(count)));
}

/**
 * By id: an occurrence is kept if a 32-bit random number is below this. With f the word's relative frequency and t
 * the threshold, the probability is √(t/f) + t/f, as in word2vec.c; the paper has √(t/f).
 */
export function keepBelow(counts: Uint32Array, subsample: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => {
    if (subsample === 0 || count === 0) return 2 ** 32;
    const ratio = (subsample * total) / count;
    return Math.min(1, Math.sqrt(ratio) + ratio) * 2 ** 32;
  });
}
