import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKernels, type Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { difference, floats, texts } from '../fixtures.ts';

const ROWS = 13;
const DIMENSIONS = 6;
const NONE = {
  cell: 'none',
  input: DIMENSIONS,
  hidden: 0,
  layers: 0,
  bidirectional: false,
  pooling: 'mean',
} as const;
const OPTIONS = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, scale: 0.5 };

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels({ threads: 2, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

/** Adds a gradient for the tokens of some texts, twice as two towers would. */
function addGradients(table: ReturnType<Kernels['table']>, purpose: string): void {
  const recurrent = kernels.recurrent(NONE);
  for (const tower of ['a', 'b']) {
    const { output, tape } = recurrent.forward(texts([2, 3], ROWS, purpose + tower), table, [], OPTIONS);
    recurrent.backward(tape, floats(output.length, purpose + tower));
  }
}

it('takes lazy AdamW steps, on touched rows alone, as PyTorch defines them', () => {
  const table = kernels.table(ROWS, DIMENSIONS);
  const start = floats(ROWS * DIMENSIONS, 'table');
  table.write(start);
  const p = Float64Array.from(start);
  const m = new Float64Array(p.length);
  const v = new Float64Array(p.length);
  for (let step = 1; step <= 3; step++) {
    addGradients(table, `step ${step}`);
    const g = Float64Array.from(table.readGradient(), (x) => x * ADAM.scale);
    table.step({ ...ADAM, step });
    for (let i = 0; i < p.length; i++) {
      const row = Math.floor(i / DIMENSIONS) * DIMENSIONS;
      if (g.subarray(row, row + DIMENSIONS).every((x) => x === 0)) continue;
      m[i] = ADAM.beta1 * m[i]! + (1 - ADAM.beta1) * g[i]!;
      v[i] = ADAM.beta2 * v[i]! + (1 - ADAM.beta2) * g[i]! ** 2;
      p[i]! *= 1 - ADAM.learningRate * ADAM.weightDecay;
      const size = Math.sqrt(v[i]! / (1 - ADAM.beta2 ** step)) + ADAM.epsilon;
      p[i]! -= (ADAM.learningRate * (m[i]! / (1 - ADAM.beta1 ** step))) / size;
    }
  }
  expect(difference(table.read(), Float32Array.from(p))).toBeLessThan(1e-6);
  expect(difference(table.readMoments().m, Float32Array.from(m))).toBeLessThan(1e-6);
  expect(difference(table.readMoments().v, Float32Array.from(v))).toBeLessThan(1e-6);
});

it('sums the squares of the gradient, and forgets it after a step', () => {
  const table = kernels.table(ROWS, DIMENSIONS);
  addGradients(table, 'squares');
  const expected = table.readGradient().reduce((sum, x) => sum + x * x, 0);
  expect(expected).toBeGreaterThan(0);
  expect(table.gradientSquares()).toBeCloseTo(expected, 8);
  table.step({ ...ADAM, step: 1 });
  expect(table.gradientSquares()).toBe(0);
});

it('resumes from its values and moments as if it had never stopped', () => {
  const [straight, first, second] = [0, 1, 2].map(() => kernels.table(ROWS, DIMENSIONS));
  for (const step of [1, 2, 3, 4]) {
    addGradients(straight!, `step ${step}`);
    straight!.step({ ...ADAM, step });
    const half = step <= 2 ? first! : second!;
    if (step === 3) {
      second!.write(first!.read());
      second!.writeMoments(first!.readMoments());
    }
    addGradients(half, `step ${step}`);
    half.step({ ...ADAM, step });
  }
  expect(second!.read()).toEqual(straight!.read());
  expect(second!.readMoments()).toEqual(straight!.readMoments());
});
