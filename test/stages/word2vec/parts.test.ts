import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { keepBelow, negativeWeights, weightedSampler } from '../../../stages/word2vec/sampling.ts';

describe('a weighted sampler', () => {
  it('draws ids in proportion to their weights', () => {
    const weights = Float64Array.of(0, 1, 2, 0, 5, 0.5);
    const draw = weightedSampler(weights, random(3, 'test'));
    const seen = new Float64Array(weights.length);
    const draws = 200_000;
    for (let i = 0; i < draws; i++) seen[draw()]!++;
    for (const [id, weight] of weights.entries()) {
      const expected = (weight / 8.5) * draws;
      // Five standard deviations of a binomial count.
      expect(Math.abs(seen[id]! - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected));
    }
  });

  it('draws negatives by count to the power of 3/4', () => {
    for (const [i, weight] of negativeWeights(Uint32Array.of(0, 1, 16, 81, 12_345)).entries())
      expect(weight).toBeCloseTo([0, 1, 16, 81, 12_345][i]! ** 0.75, 8);
  });
});

describe('subsampling', () => {
  it('keeps rare words and subsamples frequent ones by the formula', () => {
    const counts = Uint32Array.of(0, 0, 900_000, 99_000, 1_000);
    const keep = keepBelow(counts, 1e-3);
    const share = (count: number): number => {
      const ratio = (1e-3 * 1e6) / count;
      return Math.min(1, Math.sqrt(ratio) + ratio);
    };
    for (const id of [2, 3, 4]) expect(keep[id]! / 2 ** 32).toBeCloseTo(share(counts[id]!), 12);
    expect(keep[4]).toBe(2 ** 32);
    expect([...keepBelow(counts, 0)]).toEqual(Array.from({ length: 5 }, () => 2 ** 32));
  });
});
