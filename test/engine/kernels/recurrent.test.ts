import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKernels, type Kernels } from '../../../src/engine/kernels/kernels.ts';
import type { RecurrentShape } from '../../../src/engine/kernels/recurrent.ts';
import { difference, floats, texts, weightsFor } from './fixtures.ts';
import { reference } from './reference.ts';

const NO_DROPOUT = { input: 0, output: 0 };
const VOCABULARY = 11;
const BASE: RecurrentShape = {
  cell: 'gru',
  input: 5,
  hidden: 6,
  layers: 1,
  bidirectional: false,
  pooling: 'last',
};
const CELLS = ['gru', 'lstm', 'none'] as const;
const POOLINGS = ['last', 'mean', 'max', 'attention'] as const;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels({ threads: 2, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

async function compare(shape: RecurrentShape, lengths: readonly number[], scale = 0.5): Promise<void> {
  const rows = texts(lengths, VOCABULARY);
  const table = kernels.table(VOCABULARY, shape.input);
  const values = floats(VOCABULARY * shape.input, 'table');
  table.write(values);
  const weights = weightsFor(shape, scale);
  const recurrent = kernels.recurrent(shape);
  const { output, tape } = recurrent.forward(rows, table, weights, {
    training: true,
    dropout: NO_DROPOUT,
    seed: 1,
    tableTrainable: true,
  });
  const gradient = floats(output.length, 'gradient');
  const expected = await reference(shape, rows, { values, rows: VOCABULARY }, weights, gradient);
  const gradients = recurrent.backward(tape, gradient);
  expect(difference(output, expected.output)).toBeLessThan(2e-5);
  for (const [i, each] of gradients.entries())
    expect(difference(each, expected.weights[i]!)).toBeLessThan(5e-5);
  expect(difference(table.readGradient(), expected.table)).toBeLessThan(5e-5);
  table.dispose();
  recurrent.dispose();
}

describe.each(CELLS)('a %s encoder agrees with tfjs', (cell) => {
  it.each(POOLINGS)('pooled by %s, in both directions and layers, texts of odd lengths', async (pooling) => {
    for (const bidirectional of [false, true])
      for (const layers of [1, 2])
        await compare({ ...BASE, cell, pooling, bidirectional, layers }, [3, 1, 0, 7, 7, 2]);
  });
});
