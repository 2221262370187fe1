import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, log2 } from '../../src/base/math.ts';

const ULPS = 4 * Number.EPSILON;

describe('log and exp from exact operations', () => {
  it('agree with the built-in functions to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => {
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(ULPS * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(ULPS);
      }),
    );
  });

  it('are exact at 0, at 1 and at powers of two', () => {
    expect(log(1)).toBe(0);
    expect(exp(0)).toBe(1);
    for (let k = -1074; k < 1024; k++) expect(log2(2 ** k)).toBe(k);
  });

  it('keep to the edges of the range', () => {
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(exp(1000)).toBe(Infinity);
    expect(exp(-1000)).toBe(0);
    expect(exp(NaN)).toBeNaN();
  });

  it('give these bits on every machine', () => {
    const bits = new BigUint64Array(Float64Array.from([log(3), exp(0.1), log2(10)]).buffer);
    expect([...bits].map((word) => word.toString(16))).toEqual([
      '3ff193ea7aad030a',
      '3ff1aec7b35a00d4',
      '400a934f0979a372',
    ]);
  });
});
