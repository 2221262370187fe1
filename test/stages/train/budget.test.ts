import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSizeFor, stepsFor, validationInterval } from '../../../stages/train/budget.ts';

describe('the automatic budget', () => {
  it.each([
    [220, 32, 200],
    [1000, 32, 253],
    [4000, 32, 506],
    [11_498, 64, 858],
    [500_000, 64, 7813],
  ])('of %i triplets has batches of %i and %i steps', (triplets, batchSize, steps) => {
    expect(batchSizeFor(triplets, 'auto')).toBe(batchSize);
    expect(stepsFor(triplets, batchSize)).toBe(steps);
  });

  it('has some hundreds of steps however few the triplets are, and every triplet at least once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 512 }), (n, size) => {
        expect(stepsFor(n, size)).toBeGreaterThanOrEqual(Math.max(200, Math.ceil(n / size)));
      }),
    );
  });

  it('keeps a batch size that is given', () => {
    expect(batchSizeFor(10, 128)).toBe(128);
  });

  it('is validated about 15 times, but not more often than every ten steps', () => {
    expect(validationInterval(600)).toBe(40);
    expect(validationInterval(7813)).toBe(521);
    expect(validationInterval(30)).toBe(10);
  });
});
