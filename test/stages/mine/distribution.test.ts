import { describe, expect, it } from 'vitest';
import { distribution, rankHistogram } from '../../../stages/mine/distribution.ts';

describe('distributions in mining.json', () => {
  it('have nearest-rank quantiles and bins of equal width that count everything', () => {
    const spread = distribution(Array.from({ length: 101 }, (_, i) => i))!;
    expect(spread).toMatchObject({ minimum: 0, p10: 10, median: 50, p90: 90, maximum: 100 });
    expect(spread.histogram).toHaveLength(20);
    expect(spread.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(101);
    expect(spread.histogram.at(-1)).toMatchObject({ from: 95, to: 100, count: 6 });
  });

  it('have one bin for equal values, and are undefined without values', () => {
    expect(distribution([3, 3])!.histogram).toEqual([{ from: 3, to: 3, count: 2 }]);
    expect(distribution([])).toBeUndefined();
  });

  it('count ranks up to the last bin that is not empty', () => {
    expect(rankHistogram([1, 2, 5, 7])).toEqual({ '1': 1, '2-5': 2, '6-10': 1 });
    expect(Object.keys(rankHistogram([5000])).at(-1)).toBe('1001-');
  });
});
