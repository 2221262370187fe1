import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedTest } from '../../src/retrieval/paired-test.ts';

/** Every sign pattern by recursion, for comparison. */
function shareByRecursion(differences: readonly number[]): number {
  const observed = Math.abs(differences.reduce((sum, each) => sum + each, 0));
  let extreme = 0;
  const visit = (at: number, sum: number): void => {
    if (at === differences.length) {
      if (Math.abs(sum) >= observed - 1e-9) extreme += 1;
      return;
    }
    visit(at + 1, sum + differences[at]!);
    visit(at + 1, sum - differences[at]!);
  };
  visit(0, 0);
  return extreme / 2 ** differences.length;
}

describe('the paired randomisation test', () => {
  it('by hand: four gains of one have p = 2/16, because only all and none of the signs are as extreme', () => {
    expect(pairedTest([0, 0, 0, 0, 5], [1, 1, 1, 1, 5])).toEqual({
      queries: 5,
      differing: 4,
      difference: 0.8,
      p: 0.125,
      exact: true,
    });
  });

  it('says that equal systems are equal', () => {
    expect(pairedTest([0.5, 1], [0.5, 1])).toMatchObject({ differing: 0, difference: 0, p: 1 });
  });

  it('agrees with every sign pattern tried one by one', () => {
    const scores = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(scores, (pairs) => {
        const result = pairedTest(
          pairs.map(([a]) => a / 10),
          pairs.map(([, b]) => b / 10),
        );
        expect(result.p).toBeCloseTo(shareByRecursion(pairs.map(([a, b]) => (b - a) / 10)), 12);
      }),
    );
  });

  it('is the same in both directions', () => {
    const a = Array.from({ length: 40 }, (_, i) => (i % 7) / 7);
    const b = Array.from({ length: 40 }, (_, i) => (i % 5) / 5);
    const [forth, back] = [pairedTest(a, b), pairedTest(b, a)];
    expect(back.p).toBe(forth.p);
    expect(back.difference).toBeCloseTo(-forth.difference, 12);
  });

  it('by sampling comes close to the normal approximation of the sign test', () => {
    // 60 queries won and 40 lost by the same amount: z = (60 − 50 − ½) / 5 = 1.9, two-sided p 0.0574 (exactly 0.0569).
    const b = Array.from({ length: 100 }, (_, i) => (i < 60 ? 1 : -1));
    const { p, exact } = pairedTest(new Float64Array(100), b, { samples: 20_000 });
    expect(exact).toBe(false);
    expect(Math.abs(p - 0.0569)).toBeLessThan(0.006);
  });

  it('gives the same p for the same seed, and a near one for another', () => {
    const a = Array.from({ length: 50 }, (_, i) => Math.sqrt(i) % 1);
    const b = Array.from({ length: 50 }, (_, i) => Math.sqrt(i + 3) % 1);
    const first = pairedTest(a, b, { seed: 1 }).p;
    expect(pairedTest(a, b, { seed: 1 }).p).toBe(first);
    expect(Math.abs(pairedTest(a, b, { seed: 2 }).p - first)).toBeLessThan(0.03);
  });

  it('never claims that a difference is impossible', () => {
    const { p } = pairedTest(new Float64Array(200), new Float64Array(200).fill(1), { samples: 999 });
    expect(p).toBe(1 / 1000);
  });
});
