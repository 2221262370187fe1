import { random } from '../../../src/base/random.ts';
import { raggedFrom, type Ragged } from '../../../src/formats/ragged.ts';
import { weightShapes, type RecurrentShape } from '../../../src/engine/kernels/recurrent.ts';

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
