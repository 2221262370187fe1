/** Rows that are composed of others, forward and back, on any tables. */
import fc from 'fast-check';
import type { PlainTable } from '../../../../src/engine/backends/plain-table.ts';
import type { ComposedRows, Composition } from '../../../../src/engine/kernels/embedding/composed-rows.ts';
import type { EmbeddingTable } from '../../../../src/engine/kernels/embedding/embedding-table.ts';
import type { Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { raggedFrom } from '../../../../src/formats/ragged.ts';
import { floats } from '../fixtures.ts';

const OWN_ROWS = 5;
const PART_ROWS = 23;
const PARAMETER_ROWS = OWN_ROWS + PART_ROWS;

export interface ComposedCase {
  readonly dimensions: number;
  /** Of each row. */
  readonly parts: readonly (readonly number[])[];
  readonly asked: readonly number[];
  /** Some of the parameters and of the gradients. */
  readonly extremes: readonly number[];
}

/** Rows without parts, parts that come twice, rows that nobody asks for, more rows than a job takes. */
export function composedCases(extreme: fc.Arbitrary<number>): fc.Arbitrary<ComposedCase> {
  const part = fc.integer({ min: OWN_ROWS, max: PARAMETER_ROWS - 1 });
  return fc.array(fc.array(part, { maxLength: 9 }), { minLength: 1, maxLength: 150 }).chain((parts) =>
    fc.record({
      dimensions: fc.integer({ min: 1, max: 70 }),
      parts: fc.constant(parts),
      asked: fc.array(fc.integer({ min: 0, max: parts.length - 1 }), { minLength: 1, maxLength: 200 }),
      extremes: fc.array(extreme, { minLength: 4, maxLength: 4 }),
    }),
  );
}

export interface ComposedEngine {
  table(rows: number, dimensions: number): EmbeddingTable;
  composedRows(table: EmbeddingTable, parameters: EmbeddingTable, composition: Composition): ComposedRows;
  /** Adds a gradient [ids, dimensions] to rows of a table. */
  add(table: EmbeddingTable, ids: Uint32Array, gradient: Float32Array): void;
}

export const plainAdd: ComposedEngine['add'] = (table, ids, gradient) => {
  (table as PlainTable).gather(ids, gradient);
};

/** Texts of one token each, whose embeddings are the output. */
export function kernelsAdd(kernels: Kernels): ComposedEngine['add'] {
  return (table, ids, gradient) => {
    const input = table.dimensions;
    const shape = {
      cell: 'none',
      input,
      hidden: 0,
      layers: 0,
      bidirectional: false,
      pooling: 'last',
    } as const;
    const recurrent = kernels.recurrent(shape);
    const options = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
    const { tape } = recurrent.forward(raggedFrom(Array.from(ids, (id) => [id])), table, [], options);
    recurrent.backward(tape, gradient);
    recurrent.dispose();
  };
}

/** The composed rows; and, of gradients at these, the parameters' gradient, its sum of squares and a step by it. */
export function compose(
  { dimensions, parts, asked, extremes }: ComposedCase,
  engine: ComposedEngine,
): { rows: Float32Array; gradient: Float32Array; squares: number; stepped: Float32Array } {
  const mixed = (length: number, purpose: string): Float32Array =>
    floats(length, purpose).map((x, i) => (i % 11 === 5 ? extremes[i % extremes.length]! : x));
  const table = engine.table(parts.length, dimensions);
  const parameters = engine.table(PARAMETER_ROWS, dimensions);
  parameters.write(mixed(PARAMETER_ROWS * dimensions, 'parameters'));
  const own = Uint32Array.from(parts, (_, id) => id % OWN_ROWS);
  const composed = engine.composedRows(table, parameters, { own, parts: raggedFrom(parts) });
  const ids = Uint32Array.from(asked);
  composed.update(ids);
  const rows = table.read();
  engine.add(table, ids, mixed(ids.length * dimensions, 'gradient'));
  composed.passOn();
  const gradient = parameters.readGradient();
  const squares = parameters.gradientSquares();
  parameters.step({
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.1,
    scale: 1,
    step: 1,
  });
  const stepped = parameters.read();
  composed.dispose();
  for (const each of [table, parameters]) each.dispose();
  return { rows, gradient, squares, stepped };
}
