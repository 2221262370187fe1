import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  firstRelevantRank,
  hit,
  ndcg,
  precision,
  recall,
  reciprocalRank,
} from '../../src/retrieval/metrics.ts';

const ranking = Uint32Array.from([7, 3, 9, 1, 4]);
const relevant = new Map([
  [3, 1],
  [4, 3],
  [8, 1],
]);

describe('measures of one list, by hand', () => {
  it('the first relevant document is at rank 2', () => {
    expect(firstRelevantRank(ranking, relevant)).toBe(2);
    expect(reciprocalRank(ranking, relevant)).toBe(1 / 2);
    expect(reciprocalRank(ranking, relevant, 1)).toBe(0);
    expect(firstRelevantRank(ranking, new Map([[5, 1]]))).toBeUndefined();
    expect(reciprocalRank(ranking, new Map([[5, 1]]))).toBe(0);
  });

  it('recall, precision and hit count what is above the cut-off', () => {
    expect(recall(ranking, relevant, 2)).toBe(1 / 3);
    expect(recall(ranking, relevant, 100)).toBe(2 / 3);
    expect(precision(ranking, relevant, 5)).toBe(2 / 5);
    expect(precision(ranking, relevant, 10)).toBe(2 / 10);
    expect([hit(ranking, relevant, 1), hit(ranking, relevant, 2)]).toEqual([0, 1]);
  });

  it('average precision divides by all relevant documents, listed or not', () => {
    expect(averagePrecision(ranking, relevant)).toBeCloseTo((1 / 2 + 2 / 5) / 3, 15);
  });

  it('nDCG takes the relevance as gain and the best possible list as 1', () => {
    const gain = 1 / Math.log2(3) + 3 / Math.log2(6);
    const ideal = 3 + 1 / Math.log2(3) + 1 / Math.log2(4);
    expect(ndcg(ranking, relevant, 10)).toBeCloseTo(gain / ideal, 14);
    expect(ndcg(ranking, relevant, 2)).toBeCloseTo(1 / Math.log2(3) / (3 + 1 / Math.log2(3)), 14);
    expect(ndcg(Uint32Array.from([4, 8, 3]), relevant, 10)).toBeCloseTo(1, 15);
  });
});

/** The definitions again, from sets of (rank, relevance) and with nothing shared. */
function naive(list: readonly number[], judged: readonly (readonly [number, number])[], k: number): number[] {
  const relevance = (document: number): number => judged.find(([id]) => id === document)?.[1] ?? 0;
  const ranks = judged
    .map(([id]) => list.indexOf(id) + 1)
    .filter((rank) => rank > 0)
    .sort((a, b) => a - b);
  const dcg = (gains: readonly number[]): number =>
    gains.map((gain, i) => gain * (Math.LN2 / Math.log(i + 2))).reduce((a, b) => a + b, 0);
  const within = ranks.filter((rank) => rank <= k).length;
  const best = judged.map(([, value]) => value).sort((a, b) => b - a);
  return [
    ranks[0] !== undefined && ranks[0] <= k ? 1 / ranks[0] : 0,
    within / judged.length,
    within / k,
    Math.min(1, within),
    ranks.map((rank, i) => (i + 1) / rank).reduce((a, b) => a + b, 0) / judged.length,
    dcg(list.slice(0, k).map(relevance)) / dcg(best.slice(0, k)),
  ];
}

it('an implementation written differently gives the same figures', () => {
  const ids = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(
      fc.uniqueArray(ids, { maxLength: 30 }),
      fc.uniqueArray(fc.tuple(ids, fc.integer({ min: 1, max: 3 })), { selector: ([id]) => id, minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      (list, judged, k) => {
        const documents = Uint32Array.from(list);
        const relevance = new Map(judged);
        const ours = [
          reciprocalRank(documents, relevance, k),
          recall(documents, relevance, k),
          precision(documents, relevance, k),
          hit(documents, relevance, k),
          averagePrecision(documents, relevance),
          ndcg(documents, relevance, k),
        ];
        for (const [i, value] of naive(list, judged, k).entries()) expect(ours[i]).toBeCloseTo(value, 12);
        for (const value of ours) expect(value).toBeGreaterThanOrEqual(0);
        for (const value of ours) expect(value).toBeLessThanOrEqual(1 + 1e-12);
      },
    ),
  );
});
