import { expect, it } from 'vitest';
import {
  expectedAveragePrecision,
  expectedHit,
  expectedNdcg,
  expectedPrecision,
  expectedRecall,
  expectedReciprocalRank,
} from '../../src/retrieval/expected.ts';
import {
  averagePrecision,
  hit,
  ndcg,
  precision,
  recall,
  reciprocalRank,
} from '../../src/retrieval/metrics.ts';

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

it.each([
  [5, [[0, 1]]],
  [
    6,
    [
      [1, 3],
      [4, 1],
    ],
  ],
  [
    4,
    [
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 1],
    ],
  ],
] as const)('chance is the mean over all orders of %i documents', (n, judged) => {
  const relevant = new Map<number, number>(judged);
  const orders = permutations(Array.from({ length: n }, (_, i) => i)).map((order) => Uint32Array.from(order));
  const mean = (of: (order: Uint32Array) => number): number =>
    orders.reduce((sum, order) => sum + of(order), 0) / orders.length;
  for (const k of [1, 2, 3, n, n + 3]) {
    expect(expectedReciprocalRank(n, relevant, k)).toBeCloseTo(
      mean((o) => reciprocalRank(o, relevant, k)),
      12,
    );
    expect(expectedHit(n, relevant, k)).toBeCloseTo(
      mean((o) => hit(o, relevant, k)),
      12,
    );
    expect(expectedRecall(n, k)).toBeCloseTo(
      mean((o) => recall(o, relevant, k)),
      12,
    );
    expect(expectedPrecision(n, relevant, k)).toBeCloseTo(
      mean((o) => precision(o, relevant, k)),
      12,
    );
    expect(expectedNdcg(n, relevant, k)).toBeCloseTo(
      mean((o) => ndcg(o, relevant, k)),
      12,
    );
    expect(expectedAveragePrecision(n, relevant, k)).toBeCloseTo(
      mean((o) => averagePrecision(o.subarray(0, k), relevant)),
      12,
    );
  }
});
