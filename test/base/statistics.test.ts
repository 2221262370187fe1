import { expect, it } from 'vitest';
import { nearestRank, quantile, spearman } from '../../src/base/statistics.ts';

it('quantiles lie between their neighbours, as NumPy has them', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  // numpy.quantile([1, 2, 4, 8], [0, 0.1, 0.5, 0.9, 1])
  for (const [part, value] of [
    [0, 1],
    [0.1, 1.3],
    [0.5, 3],
    [0.9, 6.8],
    [1, 8],
  ] as const)
    expect(quantile(sorted, part)).toBeCloseTo(value, 12);
});

it('nearest ranks are values that occur: the least that enough others do not exceed', () => {
  // The example of https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
  const sorted = [15, 20, 35, 40, 50];
  expect([0, 5, 30, 40, 50, 100].map((percent) => nearestRank(sorted, percent))).toEqual([
    15, 15, 20, 20, 35, 50,
  ]);
  expect(nearestRank([], 50)).toBeUndefined();
  // A tenth of 70 is 7, and 0.1 * 70 is a little more.
  expect(
    nearestRank(
      Float64Array.from({ length: 70 }, (_, i) => i + 1),
      10,
    ),
  ).toBe(7);
});

it("Spearman's correlation lets ties share their ranks", () => {
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) = 0.8207826816681233
  expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
  expect(spearman([1, 2, 3], [4, 4, 4])).toBeNull();
});
