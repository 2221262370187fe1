import type { Hash } from 'node:crypto';
import { random } from '../../../src/base/random.ts';
import { raggedFrom, type Ragged } from '../../../src/formats/ragged.ts';
import type { Kernels } from '../../../src/engine/kernels/kernels.ts';
import { weightShapes, type RecurrentShape } from '../../../src/engine/kernels/recurrent/shape.ts';

export function floats(length: number, purpose: string, scale = 1): Float32Array {
  const source = random(7, purpose);
  return Float32Array.from({ length }, () => source.normal() * scale);
}

/** Texts of these lengths; a token comes again only after all others of a vocabulary of prime size. */
export function texts(lengths: readonly number[], vocabulary: number, purpose = 'texts'): Ragged {
  const source = random(7, purpose);
  return raggedFrom(
    lengths.map((length) => {
      const first = source.integer(vocabulary);
      const step = 1 + source.integer(vocabulary - 1);
      return Array.from({ length }, (_, i) => (first + i * step) % vocabulary);
    }),
  );
}

export function weightsFor(shape: RecurrentShape, scale = 0.5): Float32Array[] {
  return weightShapes(shape).map(({ name, shape: size }) =>
    floats(
      size.reduce((product, x) => product * x, 1),
      name,
      scale,
    ),
  );
}

interface Steps {
  readonly kernels: Kernels;
  readonly shape: RecurrentShape;
  readonly vocabulary: number;
  readonly count: number;
  /** What a step is made on, from 1. */
  readonly texts: (step: number) => Ragged;
  readonly dropout: (step: number) => { readonly input: number; readonly output: number };
  /** Standard deviation of the first embeddings and the gradients. */
  readonly scale: number;
}

/** Takes some steps and digests all that they leave: outputs, gradients, the table and its moments. */
export function hashSteps(hash: Hash, { kernels, shape, vocabulary, count, scale, ...given }: Steps): void {
  const table = kernels.table(vocabulary, shape.input);
  table.write(floats(vocabulary * shape.input, 'table', scale));
  const recurrent = kernels.recurrent(shape);
  for (let step = 1; step <= count; step++) {
    const { output, tape } = recurrent.forward(given.texts(step), table, weightsFor(shape), {
      training: true,
      dropout: given.dropout(step),
      seed: step,
      tableTrainable: true,
    });
    hash.update(output);
    for (const each of recurrent.backward(tape, floats(output.length, 'gradient', scale))) hash.update(each);
    hash.update(String(table.gradientSquares()));
    table.step({
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      scale: 0.5,
      step,
    });
  }
  hash.update(table.read());
  hash.update(table.readMoments().v);
}

/** Largest difference, as a share of the largest value. */
export function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let most = 0;
  let size = 1e-6;
  for (const [i, value] of expected.entries()) {
    const away = Math.abs(value - actual[i]!);
    if (!(away <= most)) most = Number.isNaN(away) ? Infinity : away;
    size = Math.max(size, Math.abs(value));
  }
  return most / size;
}
