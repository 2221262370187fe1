import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import { bootstrapIntervals, pairedRandomizationTest, quantile } from '../../src/retrieval/significance.ts';

/** All 2ⁿ outcomes instead of a sample of them. */
function exactTest(differences: readonly number[]): number {
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  let extreme = 0;
  for (let bits = 0; bits < 2 ** differences.length; bits++) {
    const sum = differences.reduce((total, value, i) => total + ((bits >> i) & 1 ? -value : value), 0);
    if (Math.abs(sum) >= observed - 1e-9) extreme += 1;
  }
  return extreme / 2 ** differences.length;
}

describe('paired randomisation test', () => {
  it('comes close to counting every outcome', () => {
    const difference = fc.integer({ min: -4, max: 6 }).map((value) => value / 4);
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1, maxLength: 11 }), (differences) => {
        const p = pairedRandomizationTest(differences, 20_000, random(7, 'test'));
        expect(Math.abs(p - exactTest(differences))).toBeLessThan(0.015);
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing where nothing differs, and is never 0', () => {
    expect(pairedRandomizationTest([0, 0, 0], 99, random(1, 'test'))).toBe(1);
    expect(pairedRandomizationTest(new Array(400).fill(1), 999, random(1, 'test'))).toBe(1 / 1000);
  });

  it('is the same from either side', () => {
    const differences = Array.from({ length: 50 }, (_, i) => Math.sin(i) + 0.2);
    const turned = differences.map((value) => -value);
    const p = (values: number[]): number => pairedRandomizationTest(values, 5000, random(3, 'test'));
    expect(p(differences)).toBe(p(turned));
  });

  it('gives p-values that are even where there is no difference', () => {
    const source = random(11, 'data');
    const small = Array.from({ length: 300 }, () => {
      const differences = Array.from({ length: 40 }, () => source.normal());
      return pairedRandomizationTest(differences, 400, random(1, 'test')) <= 0.1;
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
