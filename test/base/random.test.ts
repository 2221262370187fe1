import { describe, expect, it } from 'vitest';
import { random, shuffle } from '../../src/base/random.ts';

describe('random', () => {
  it('gives the same stream for the same seed and purpose, and another for any other', () => {
    const draw = (seed: number, purpose: string): number[] => {
      const source = random(seed, purpose);
      return Array.from({ length: 4 }, () => source.uint32());
    };
    expect(draw(42, 'mine')).toEqual(draw(42, 'mine'));
    expect(draw(42, 'mine')).not.toEqual(draw(42, 'train'));
    expect(draw(42, 'mine')).not.toEqual(draw(43, 'mine'));
  });

  it('draws integers evenly (chi-square over 10 cells, 99.9 % point 27.9)', () => {
    const source = random(1, 'integers');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[source.integer(10)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('draws normals with mean 0 and variance 1', () => {
    const source = random(2, 'normals');
    const values = Array.from({ length: 100_000 }, () => source.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  });

  it('shuffles to a permutation', () => {
    const items = Uint32Array.from({ length: 100 }, (_, i) => i);
    const shuffled = shuffle(items.slice(), random(3, 'shuffle'));
    expect(shuffled).not.toEqual(items);
    expect(shuffled.sort()).toEqual(items);
  });
});
