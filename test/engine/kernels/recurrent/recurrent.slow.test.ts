import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKernels, type Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { weightShapes, type RecurrentShape } from '../../../../src/engine/kernels/recurrent/shape.ts';
import { maskOf } from './dropout-reference.ts';
import { difference, floats, texts, weightsFor } from '../fixtures.ts';
import { reference } from './reference.ts';

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
/** A small vocabulary makes words repeat (their products are computed once), a large one does not. */
const FEW_WORDS = 7;
const MANY_WORDS = 997;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels({ threads: 2, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

interface Case {
  readonly vocabulary?: number;
  readonly scale?: number;
  readonly dropout?: { readonly input: number; readonly output: number };
  readonly tolerance?: number;
}

async function compare(shape: RecurrentShape, lengths: readonly number[], options: Case = {}): Promise<void> {
  const {
    vocabulary = FEW_WORDS,
    scale = 0.5,
    dropout = { input: 0, output: 0 },
    tolerance = 5e-5,
  } = options;
  const rows = texts(lengths, vocabulary);
  const table = kernels.table(vocabulary, shape.input);
  const values = floats(vocabulary * shape.input, 'table');
  table.write(values);
  const weights = weightsFor(shape, scale);
  const recurrent = kernels.recurrent(shape);
  const { output, tape } = recurrent.forward(rows, table, weights, {
    training: true,
    dropout,
    seed: 5,
    tableTrainable: true,
  });
  const gradient = floats(output.length, 'gradient');
  const mask = maskOf(shape, dropout, 5);
  const expected = await reference(shape, rows, { values, rows: vocabulary }, weights, gradient, mask);
  const gradients = recurrent.backward(tape, gradient);
  expect(difference(output, expected.output)).toBeLessThan(tolerance);
  for (const [i, each] of gradients.entries())
    expect(difference(each, expected.weights[i]!)).toBeLessThan(tolerance);
  expect(difference(table.readGradient(), expected.table)).toBeLessThan(tolerance);
  table.dispose();
  recurrent.dispose();
}

describe.each(CELLS)('a %s encoder and its gradients agree with tfjs', (cell) => {
  it.each(POOLINGS)('pooled by %s, in one and two directions and layers', async (pooling) => {
    for (const bidirectional of [false, true])
      for (const layers of [1, 2]) {
        await compare({ ...BASE, cell, pooling, bidirectional, layers }, [3, 1, 0, 6, 6, 2]);
        await compare({ ...BASE, cell, pooling, bidirectional, layers }, [3, 1, 4], {
          vocabulary: MANY_WORDS,
        });
      }
  });

  it('with dropout on the embeddings and on the outputs', async () => {
    const dropout = { input: 0.3, output: 0.4 };
    const shape = { ...BASE, cell, bidirectional: true, layers: 2, pooling: 'mean' } as const;
    await compare(shape, [4, 2, 6, 1], { dropout });
    await compare(shape, [4, 2, 6, 1], { dropout: { input: 0, output: 0.5 } });
  });

  it('of one text of one token, and where no text has a token', async () => {
    await compare({ ...BASE, cell }, [1]);
    await compare({ ...BASE, cell, pooling: 'attention' }, [0, 0]);
  });

  it('with activations far into saturation', async () => {
    await compare({ ...BASE, cell, pooling: 'mean' }, [5, 3], { scale: 30, tolerance: 2e-4 });
  });

  it('of more rows than a chunk has', async () => {
    const lengths = Array.from({ length: 37 }, (_, i) => 1 + ((i * 5) % 6));
    await compare({ ...BASE, cell, bidirectional: true, pooling: 'max' }, lengths);
  });
});

it('agrees with tfjs at any sizes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        cell: fc.constantFrom('gru', 'lstm'),
        input: fc.integer({ min: 1, max: 19 }),
        hidden: fc.integer({ min: 1, max: 19 }),
        layers: fc.integer({ min: 1, max: 2 }),
        bidirectional: fc.boolean(),
        pooling: fc.constantFrom(...POOLINGS),
      }),
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(FEW_WORDS, MANY_WORDS),
      (shape, lengths, vocabulary) => compare(shape as RecurrentShape, lengths, { vocabulary }),
    ),
    { numRuns: 12, seed: 3 },
  );
});

it.each(['gru', 'lstm'] as const)('the gradients of a %s are those of finite differences', (cell) => {
  const shape = { ...BASE, cell, bidirectional: true, pooling: 'attention' } as const;
  const rows = texts([3, 5, 1], FEW_WORDS);
  const table = kernels.table(FEW_WORDS, shape.input);
  table.write(floats(FEW_WORDS * shape.input, 'table'));
  const weights = weightsFor(shape);
  const recurrent = kernels.recurrent(shape);
  const options = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
  const { output, tape } = recurrent.forward(rows, table, weights, options);
  const gradient = floats(output.length, 'gradient');
  const loss = (): number => {
    const pass = recurrent.forward(rows, table, weights, { ...options, training: false });
    return pass.output.reduce((sum, x, i) => sum + x * gradient[i]!, 0);
  };
  const gradients = recurrent.backward(tape, gradient);
  const step = 2 ** -7;
  for (const [w, { name }] of weightShapes(shape).entries()) {
    const values = weights[w]!;
    const place = Math.floor(values.length / 2);
    const before = values[place]!;
    values[place] = before + step;
    const above = loss();
    values[place] = before - step;
    const below = loss();
    values[place] = before;
    expect((above - below) / (2 * step), name).toBeCloseTo(gradients[w]![place]!, 2);
  }
});

it('a text has the same bits alone, among others, and at inference', () => {
  const shape = { ...BASE, hidden: 13, bidirectional: true, pooling: 'attention' } as const;
  const table = kernels.table(MANY_WORDS, shape.input);
  table.write(floats(MANY_WORDS * shape.input, 'table'));
  const weights = weightsFor(shape);
  const recurrent = kernels.recurrent(shape);
  const options = { training: false, dropout: { input: 0.5, output: 0.5 }, seed: 1, tableTrainable: false };
  const many = texts([4, 9, 2, 9, 1, 30], MANY_WORDS);
  const { output } = recurrent.forward(many, table, weights, options);
  for (let r = 0; r < 6; r++) {
    const values = many.values.slice(many.offsets[r], many.offsets[r + 1]);
    const alone = recurrent.forward(
      { values, offsets: Uint32Array.of(0, values.length) },
      table,
      weights,
      options,
    );
    expect(alone.output).toEqual(output.slice(r * 26, (r + 1) * 26));
  }
});

it('inference, which remembers the products of words, sees every change of the weights and the table', () => {
  const shape = { ...BASE, bidirectional: true } as const;
  const table = kernels.table(FEW_WORDS, shape.input);
  const weights = weightsFor(shape);
  const recurrent = kernels.recurrent(shape);
  const rows = texts([4, 3], FEW_WORDS);
  const options = { dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
  const infer = (): Float32Array =>
    recurrent.forward(rows, table, weights, { ...options, training: false }).output;
  const train = () => recurrent.forward(rows, table, weights, { ...options, training: true });
  const changes = [
    () => {
      table.write(floats(FEW_WORDS * shape.input, 'table'));
    },
    () => {
      table.writeRows(rows.values.slice(0, 1), floats(shape.input, 'row'));
    },
    () => {
      weights[0]![3]! += 0.5;
    },
    () => {
      recurrent.backward(train().tape, floats(24, 'gradient'));
      table.step({
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0,
        scale: 1,
        step: 1,
      });
    },
  ];
  let before = infer();
  for (const change of changes) {
    change();
    const after = infer();
    expect(after).not.toEqual(before);
    const { output, tape } = train();
    expect(after).toEqual(output);
    tape.release();
    before = after;
  }
});

describe('refuses', () => {
  const shape = BASE;
  const options = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };

  it('tokens beyond the table, weights of another size, and a second use of a tape', () => {
    const table = kernels.table(3, shape.input);
    const recurrent = kernels.recurrent(shape);
    const weights = weightsFor(shape);
    expect(() =>
      recurrent.forward(texts([2], FEW_WORDS, 'far'), kernels.table(1, 5), weights, options),
    ).toThrow("beyond the table's 1 rows");
    expect(() => recurrent.forward(texts([2], 3), table, weights.slice(1), options)).toThrow(
      'weights were expected',
    );
    const { tape, output } = recurrent.forward(texts([2], 3), table, weights, options);
    recurrent.backward(tape, output);
    expect(() => recurrent.backward(tape, output)).toThrow('a tape serves one backward pass');
    const other = recurrent.forward(texts([2], 3), table, weights, options);
    weights[0]![0]! += 1;
    recurrent.forward(texts([2], 3), table, weights, options);
    expect(() => recurrent.backward(other.tape, output)).toThrow('the weights have changed');
  });
});
