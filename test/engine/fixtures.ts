import * as fc from 'fast-check';
import { random, type Random } from '../../src/base/random.ts';
import type { Backend } from '../../src/engine/backends/open-backend.ts';
import { weightShapes, type RecurrentShape } from '../../src/engine/kernels/recurrent/shape.ts';
import type { EmbeddingTable } from '../../src/engine/kernels/embedding/embedding-table.ts';
import { raggedFrom, type Ragged } from '../../src/formats/ragged.ts';

export const ROWS = 11;

export interface Case {
  readonly shape: RecurrentShape;
  readonly lengths: readonly number[];
  readonly seed: number;
}

/** Odd sizes, empty texts, single tokens, batches of one. */
export const cases: fc.Arbitrary<Case> = fc.record({
  shape: fc.record({
    cell: fc.constantFrom('gru', 'lstm', 'none'),
    input: fc.integer({ min: 1, max: 7 }),
    hidden: fc.integer({ min: 1, max: 6 }),
    layers: fc.integer({ min: 1, max: 2 }),
    bidirectional: fc.boolean(),
    pooling: fc.constantFrom('last', 'mean', 'max', 'attention'),
  }),
  lengths: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

export interface Built {
  readonly texts: Ragged;
  readonly table: EmbeddingTable;
  readonly embeddings: Float32Array;
  readonly weights: readonly Float32Array[];
}

export function values(length: number, scale: number, source: Random): Float32Array {
  return Float32Array.from({ length }, () => scale * source.normal());
}

export function build({ shape, lengths, seed }: Case, backend: Pick<Backend, 'table'>): Built {
  const source = random(seed, 'test');
  const table = backend.table(ROWS, shape.input);
  const embeddings = values(ROWS * shape.input, 1, source);
  table.write(embeddings);
  const weights = weightShapes(shape).map(({ shape: sizes }) =>
    values(
      sizes.reduce((a, b) => a * b, 1),
      0.7,
      source,
    ),
  );
  const texts = raggedFrom(lengths.map((length) => Uint32Array.from({ length }, () => source.integer(ROWS))));
  return { texts, table, embeddings, weights };
}
