import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raggedFrom } from '../../../../src/formats/ragged.ts';
import { openKernels, type Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { findCompiler } from '../../../../src/engine/kernels/native/compiler.ts';
import { instructionSets } from '../../../../src/engine/kernels/native/instruction-sets.ts';
import { INFERENCE } from '../../../../src/engine/kernels/recurrent/context.ts';
import type { RecurrentShape } from '../../../../src/engine/kernels/recurrent/shape.ts';
import { offersRevectorisation } from '../../../../src/engine/kernels/revectorisation.ts';
import { compose, composedCases, kernelsAdd } from '../embedding/fixtures.ts';
import { floats, hashSteps, weightsFor } from '../fixtures.ts';
import { towerCases, towerStep } from '../towers/fixtures.ts';

// Everything that this machine has; without a C compiler, WebAssembly is compared with itself on other threads.
const programs = [
  'wasm',
  ...((await offersRevectorisation()) ? ['wasm-revectorised'] : []),
  ...(typeof findCompiler() === 'string' ? [] : instructionSets()),
];

async function open(program: string, threads: number, precision: 'exact' | 'fast'): Promise<Kernels> {
  const before = process.env['PIPELINE_KERNELS'];
  process.env['PIPELINE_KERNELS'] = program;
  try {
    return await openKernels({ threads, precision });
  } finally {
    if (before === undefined) delete process.env['PIPELINE_KERNELS'];
    else process.env['PIPELINE_KERNELS'] = before;
  }
}

/** The bits, any NaN being one: WebAssembly leaves open which. */
function bits(values: Float32Array): Uint32Array {
  const out = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  for (const [i, value] of values.entries()) if (Number.isNaN(value)) out[i] = 0x7fc00000;
  return out;
}

function inferred(
  kernels: Kernels,
  shape: RecurrentShape,
  rows: readonly (readonly number[])[],
): Float32Array {
  const table = kernels.table(17, shape.input);
  table.write(floats(17 * shape.input, 'table'));
  return kernels.recurrent(shape).forward(raggedFrom(rows), table, weightsFor(shape), INFERENCE).output;
}

const EXTREMES = [0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-45, -1e-40, 3.4e38, -3.4e38, 87.5, -104, 1e-20];
const extreme = fc.oneof(fc.constantFrom(...EXTREMES), fc.float({ noNaN: false }));

describe.each(['exact', 'fast'] as const)('%s', (precision) => {
  let reference: Kernels;
  const others: Kernels[] = [];

  beforeAll(async () => {
    reference = await open('wasm', 1, precision);
    for (const [index, program] of programs.entries())
      others.push(await open(program, 1 + ((index + 1) % 4), precision));
  });
  afterAll(() => {
    for (const kernels of [reference, ...others]) kernels.dispose();
  });

  it('runs the program that was asked for', () => {
    expect(others.map(({ program }) => program)).toEqual(programs);
  });

  it('a product has the same bits in every program, at any size and with any values', () => {
    const size = fc.integer({ min: 1, max: 45 });
    // Few rows, more than a block of rows, more than a block of k, and as many columns as a tile of one row takes.
    const shapes = fc.record({
      m: fc.oneof(fc.integer({ min: 1, max: 4 }), size, fc.integer({ min: 59, max: 125 })),
      k: fc.oneof(size, fc.constant(300)),
      n: fc.oneof(size, fc.integer({ min: 100, max: 300 })),
      wild: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, fc.array(extreme, { minLength: 8, maxLength: 8 }), ({ m, k, n, wild }, values) => {
        const [a, b] = [floats(m * k, 'a'), floats(k * n, 'b')];
        if (wild) for (const [i, value] of values.entries()) a[(i * 7919) % a.length] = value;
        const shape = { batch: 1, m, k, n, transposeA: false, transposeB: false };
        const expected = bits(reference.matMul(a, b, shape));
        for (const kernels of others) expect(bits(kernels.matMul(a, b, shape))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('AdamW and the sums of squares have the same bits in every program, with any values', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 3 });
    const rate = fc.double({ min: 1e-6, max: 10, noNaN: true });
    fc.assert(
      fc.property(sizes, rate, fc.array(extreme, { minLength: 8, maxLength: 8 }), (each, scale, values) => {
        const left = (kernels: Kernels): Uint32Array[] => {
          const adam = kernels.denseAdam(each);
          const weights = each.map((size, i) => ({ values: floats(size, `w${i}`), decays: i % 2 === 0 }));
          const squares = adam.take(
            each.map((size, i) => floats(size, `g${i}`).map((g, j) => (j % 7 === 3 ? values[j % 8]! : g))),
          );
          const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
          for (const step of [1, 2]) adam.step(weights, { ...options, scale, step });
          const { m, v } = adam.readMoments();
          adam.dispose();
          return [Float32Array.from(squares), ...weights.map((weight) => weight.values), ...m, ...v].map(
            bits,
          );
        };
        const expected = left(reference);
        for (const kernels of others) expect(left(kernels)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('rows composed of others, and what their gradients become, have the same bits in every program', () => {
    fc.assert(
      fc.property(composedCases(extreme), (example) => {
        const left = (kernels: Kernels): (Uint32Array | number)[] => {
          const { rows, gradient, squares, stepped } = compose(example, {
            ...kernels,
            add: kernelsAdd(kernels),
          });
          return [...[rows, gradient, stepped].map(bits), squares];
        };
        const expected = left(reference);
        for (const kernels of others) expect(left(kernels)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('towers, scores and their softmax have the same bits in every program, forward and back', () => {
    fc.assert(
      fc.property(towerCases(extreme), (example) => {
        const expected = towerStep(reference, example).map(bits);
        for (const kernels of others) expect(towerStep(kernels, example).map(bits)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['exp', 'log', 'tanh', 'sigmoid'] as const)('%s has the same bits in every program', (name) => {
    fc.assert(
      fc.property(fc.array(extreme, { minLength: 1, maxLength: 67 }), (values) => {
        const x = Float32Array.from(values);
        const expected = bits(reference[name](x));
        for (const kernels of others) expect(bits(kernels[name](x))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('training steps and inference leave the same bytes in every program, whatever the sizes', () => {
    const shapes = fc.record({
      cell: fc.constantFrom('gru' as const, 'lstm' as const, 'none' as const),
      input: fc.integer({ min: 1, max: 40 }),
      hidden: fc.integer({ min: 1, max: 40 }),
      layers: fc.integer({ min: 1, max: 2 }),
      bidirectional: fc.boolean(),
      pooling: fc.constantFrom('last' as const, 'mean' as const, 'max' as const, 'attention' as const),
    });
    const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
    const rate = fc.constantFrom(0, 0.3);
    fc.assert(
      fc.property(shapes, lengths, rate, (shape, lengthsOfTexts, dropout) => {
        const rows = lengthsOfTexts.map((length, row) =>
          Array.from({ length }, (_, i) => (row + i * i) % 17),
        );
        const digest = (kernels: Kernels): string => {
          const hash = createHash('sha256');
          const steps = { kernels, shape, vocabulary: 17, count: 2, scale: 0.5 };
          const given = {
            texts: () => raggedFrom(rows),
            dropout: () => ({ input: dropout, output: dropout }),
          };
          hashSteps(hash, { ...steps, ...given });
          hash.update(inferred(kernels, shape, rows));
          return hash.digest('hex');
        };
        const expected = digest(reference);
        for (const kernels of others) expect(digest(kernels)).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });
});
