import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import { bootstrapIntervals, pairedTest } from '../../src/retrieval/significance.ts';

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

  it('by sampling is close to the normal approximation of the sign test', () => {
    // 60 queries won and 40 lost by the same amount: z = (60 − 50 − ½) / 5 = 1.9, two-sided p 0.0574 (exactly 0.0569).
    const b = Array.from({ length: 100 }, (_, i) => (i < 60 ? 1 : -1));
    const { p, exact } = pairedTest(new Float64Array(100), b, { samples: 20_000 });
    expect(exact).toBe(false);
    expect(Math.abs(p - 0.0569)).toBeLessThan(0.006);
  });

  it.each([15, 16, 17, 31, 33])('by sampling comes close to all sign patterns of %i queries', (queries) => {
    // Eight queries share a table of sums, and 32 a random word: sizes around both.
    const b = Array.from({ length: queries }, (_, i) =>
      i < 15 ? ((i * 7) % 5) - 1.2 : 1e-6 * (i % 2 ? 1 : -1),
    );
    const { p } = pairedTest(new Float64Array(queries), b, { samples: 20_000 });
    expect(Math.abs(p - shareByRecursion(b.slice(0, 15)))).toBeLessThan(0.02);
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

  it('gives p-values that are even where there is no difference', () => {
    const source = random(11, 'data');
    const small = Array.from({ length: 300 }, () => {
      const scores = Array.from({ length: 40 }, () => source.normal());
      return pairedTest(new Float64Array(40), scores, { samples: 400 }).p <= 0.1;
    }).filter(Boolean).length;
    expect(small / 300).toBeGreaterThan(0.05);
    expect(small / 300).toBeLessThan(0.16);
  });
});

describe('bootstrap intervals', () => {
  it('of many normal figures are those of the normal distribution', () => {
    const source = random(5, 'data');
    const column = Float64Array.from({ length: 2000 }, () => source.normal());
    const mean = column.reduce((sum, value) => sum + value, 0) / 2000;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2000;
    const half = 1.959964 * Math.sqrt(variance / 2000);
    const [[low, high]] = bootstrapIntervals([column], { samples: 4000, confidence: 0.95 }, source) as [
      [number, number],
    ];
    expect(Math.abs(low - (mean - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(high - (mean + half))).toBeLessThan(0.1 * half);
  });

  it('draw the same queries for every column, so that differences are paired', () => {
    const column = Float64Array.from({ length: 30 }, (_, i) => i / 30);
    const shifted = column.map((value) => value + 1);
    const intervals = bootstrapIntervals(
      [column, shifted],
      { samples: 200, confidence: 0.9 },
      random(1, 'x'),
    );
    expect(intervals[1]![0]).toBeCloseTo(intervals[0]![0] + 1, 12);
    expect(intervals[1]![1]).toBeCloseTo(intervals[0]![1] + 1, 12);
  });

  it('of equal figures have no width, and of no queries are no numbers', () => {
    const settings = { samples: 10, confidence: 0.95 };
    expect(bootstrapIntervals([Float64Array.of(2, 2, 2)], settings, random(1, 'x'))).toEqual([[2, 2]]);
    expect(bootstrapIntervals([new Float64Array()], settings, random(1, 'x'))).toEqual([[NaN, NaN]]);
  });
});
