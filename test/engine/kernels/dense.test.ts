import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKernels, type Kernels } from '../../../src/engine/kernels/kernels.ts';
import { difference, floats } from './fixtures.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels({ threads: 2, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

it('matMul agrees with a plain loop in double at any sizes, transposed or not, one matrix for all or many', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 3 }),
        m: fc.oneof(size, fc.constant(130)),
        k: fc.oneof(size, fc.constant(1100)),
        n: size,
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
      }),
      fc.boolean(),
      (shape, sharedB) => {
        const { batch, m, k, n, transposeA, transposeB } = shape;
        const a = floats(batch * m * k, 'a');
        const b = floats((sharedB ? 1 : batch) * k * n, 'b');
        const expected = new Float32Array(batch * m * n);
        for (let i = 0; i < batch; i++)
          for (let r = 0; r < m; r++)
            for (let c = 0; c < n; c++) {
              let sum = 0;
              for (let j = 0; j < k; j++) {
                const left = a[i * m * k + (transposeA ? j * m + r : r * k + j)]!;
                const right = b[(sharedB ? 0 : i * k * n) + (transposeB ? c * k + j : j * n + c)]!;
                sum += left * right;
              }
              expected[(i * m + r) * n + c] = sum;
            }
        expect(difference(kernels.matMul(a, b, shape), expected)).toBeLessThan(1e-5);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

it('an element has the same bits whichever rows are computed with it', () => {
  const a = floats(23 * 50, 'a');
  const b = floats(50 * 9, 'b');
  const shape = { batch: 1, k: 50, n: 9, transposeA: false, transposeB: false };
  const all = kernels.matMul(a, b, { ...shape, m: 23 });
  for (let r = 0; r < 23; r++)
    expect(kernels.matMul(a.subarray(r * 50, (r + 1) * 50), b, { ...shape, m: 1 })).toEqual(
      all.slice(r * 9, (r + 1) * 9),
    );
});

it('an empty product is empty, and a sum over nothing is zero', () => {
  const shape = { batch: 1, transposeA: false, transposeB: false };
  const none = new Float32Array(0);
  expect(kernels.matMul(none, none, { ...shape, m: 0, k: 3, n: 2 })).toHaveLength(0);
  expect([...kernels.matMul(none, none, { ...shape, m: 1, k: 0, n: 2 })]).toEqual([0, 0]);
});
