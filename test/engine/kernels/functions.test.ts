import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exp, log } from '../../../src/base/math.ts';
import { openKernels, type Kernels } from '../../../src/engine/kernels/kernels.ts';
import type { Precision } from '../../../src/engine/kernels/precision.ts';

/** Distance in units of the last place of the correctly rounded result. */
function ulps(actual: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(actual, rounded) || actual === rounded) return 0;
  const size = Math.max(2 ** -126, Math.abs(rounded));
  return Math.abs(actual - exact) / 2 ** (Math.floor(Math.log2(size)) - 23);
}

const grid = (from: number, to: number, count = 40_001): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
const scales = Float32Array.from({ length: 8001 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** (-30 + i / 266));

const positive = Float32Array.from({ length: 40_001 }, (_, i) => 2 ** (-126 + (254 * i) / 40_000));

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
/** In double precision, with a relative error of 1e-16 near 0 too. */
const tanh = (x: number): number => Math.tanh(x);

// [function, reference, inputs, most ulps]
const CASES = [
  ['exp', exp, grid(-103, 88.7), 1.5],
  ['log', log, positive, 1.5],
  ['log', log, grid(0.5, 2), 1.5],
  ['tanh', tanh, grid(-9, 9), 7],
  ['tanh', tanh, scales, 7],
  ['sigmoid', sigmoid, grid(-87, 87), 3],
] as const;

describe.each(['exact', 'fast'] as const)('with precision %s', (precision: Precision) => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await openKernels({ threads: 1, precision });
  });
  afterAll(() => {
    kernels.dispose();
  });

  it.each(CASES)('%s is within the stated error', (name, exact, inputs, most) => {
    const values = kernels[name](inputs);
    let worst = 0;
    for (const [i, x] of inputs.entries()) worst = Math.max(worst, ulps(values[i]!, exact(x)));
    expect(worst).toBeLessThan(most);
  });

  it('the ends of the range are correct', () => {
    const ends = Float32Array.of(-Infinity, -200, -104, 0, 89, Infinity, NaN);
    expect([...kernels.exp(ends)]).toEqual([0, 0, 0, 1, Infinity, Infinity, NaN]);
    const logs = [...kernels.log(Float32Array.of(0, -1, 1, Infinity, NaN, 2 ** -140))];
    expect(logs.slice(0, 5)).toEqual([-Infinity, NaN, 0, Infinity, NaN]);
    expect(logs[5]).toBeCloseTo(log(2 ** -140), 4);
    // Beyond ±7.9 the tangent stays up to four units of the last place below 1.
    const tangents = kernels.tanh(Float32Array.of(-Infinity, -50, 0, 50, Infinity, NaN));
    for (const [i, limit] of [-1, -1, 0, 1, 1].entries())
      expect(Math.abs(tangents[i]! - limit)).toBeLessThanOrEqual(2 ** -22);
    expect(tangents[5]).toBeNaN();
    const low = [...kernels.sigmoid(Float32Array.of(-1000, 0, 1000, NaN))];
    expect(low[0]).toBeLessThan(2e-38);
    expect(low.slice(1)).toEqual([0.5, 1, NaN]);
  });
});
