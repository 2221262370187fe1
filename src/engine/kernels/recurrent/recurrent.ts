/** Recurrent encoders on the shared memory: token ids → one vector for each text, and the way back. */
import { rowCount, type Ragged } from '../../../formats/ragged.ts';
import type { EmbeddingTable, TableMemory } from '../embedding/embedding-table.ts';
import type { Heap } from '../threads/heap.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { createScope } from '../threads/scope.ts';
import type { Blocks } from '../towers/normalise.ts';
import { backward, writeGradient } from './backward.ts';
import type { Context, ForwardOptions } from './context.ts';
import { forward, readOutput } from './forward.ts';
import { createProductCache } from './input-products.ts';
import { createWeights } from './packed-weights.ts';
import { weightShapes, type RecurrentShape } from './shape.ts';
import { sizesOf, type Sizes } from './sizes.ts';
import type { TapeMemory } from './tape.ts';

/** A forward pass whose output is in the shared memory until it is released. */
export interface RecurrentPass {
  /** [rows, D] */
  readonly output: Blocks;
  /** Of a training pass: from the gradient, which lies as the output does, zeros between its blocks. Once. */
  backward(gradient: number): Float32Array[];
  release(): void;
}

/** The memory of a training forward pass, until `backward` or `release`. */
export interface Tape {
  /** For passes that will have no backward; does nothing afterwards. */
  release(): void;
}

export interface Recurrent {
  readonly shape: RecurrentShape;
  /** Units of an output row: paddedHidden × directions, or `input` without a recurrent layer. */
  readonly outputSize: number;
  /** Token ids of each text → [rows, D]; a text without tokens gives a row of zeros. Weights as in weightShapes. */
  forward(
    rows: Ragged,
    table: EmbeddingTable,
    weights: readonly Float32Array[],
    options: ForwardOptions,
  ): { readonly output: Float32Array; readonly tape: Tape };
  /** The same, leaving the output where it is. */
  run(
    rows: Ragged,
    table: EmbeddingTable,
    weights: readonly Float32Array[],
    options: ForwardOptions,
  ): RecurrentPass;
  /**
   * gradient [rows, D] → the gradient of each weight; embedding gradients are added to the table. Uses the tape up.
   * The weights must be those of the forward pass: of several passes, the last one's values have to be the same.
   */
  backward(tape: Tape, gradient: Float32Array): Float32Array[];
  dispose(): void;
}

export function createRecurrent(heap: Heap, pool: ThreadPool, shape: RecurrentShape): Recurrent {
  const sizes = sizesOf(shape);
  const weights = createWeights(heap, pool, shape);
  const context: Context = { heap, pool, shape, sizes, weights };
  const cache = createProductCache(context);
  const expected = weightShapes(shape);
  const tapes = new WeakMap<Tape, TapeMemory>();
  let version = 0;

  const start = (...[rows, table, values, options]: Parameters<Recurrent['run']>): TapeMemory => {
    checkWeights(expected, values);
    checkTokens(rows, table, shape);
    version = weights.load(values);
    return forward(context, rows, table as TableMemory, version, options, cache);
  };
  const goBack = (tape: TapeMemory, gradient: number): Float32Array[] => {
    if (tape.version !== version) throw new Error('the weights have changed since the forward pass');
    return backward(context, tape, gradient);
  };
  const release = (tape: TapeMemory): void => {
    if (!tape.released()) tape.release();
  };

  return {
    shape,
    outputSize: sizes.output,
    forward: (rows, table, values, options) => {
      const tape = start(rows, table, values, options);
      const output = readOutput(context, tape);
      const handle: Tape = {
        release: () => {
          release(tape);
        },
      };
      if (options.training) tapes.set(handle, tape);
      else tape.release();
      return { output, tape: handle };
    },
    run: (rows, table, values, options) => {
      const tape = start(rows, table, values, options);
      return {
        output: outputOf(tape, sizes),
        backward: (gradient) => goBack(tape, gradient),
        release: () => {
          release(tape);
        },
      };
    },
    backward: (handle, gradient) => {
      const tape = tapes.get(handle);
      if (!tape || tape.released())
        throw new Error('a tape serves one backward pass, of a training forward pass');
      const { rowCount } = tape.batch;
      if (gradient.length !== rowCount * sizes.output)
        throw new Error(`a gradient of ${rowCount} × ${sizes.output} was expected`);
      const scope = createScope(heap);
      try {
        const at = scope.allocate(Math.max(1, rowCount * sizes.paddedOutput));
        writeGradient(context, at, gradient, rowCount);
        return goBack(tape, at);
      } finally {
        scope.release();
        tape.release();
      }
    },
    dispose: () => {
      weights.dispose();
      cache.dispose();
    },
  };
}

function outputOf(
  { out, batch }: TapeMemory,
  { output, paddedOutput, paddedHidden, directions }: Sizes,
): Blocks {
  return {
    at: out,
    rows: batch.rowCount,
    rowStride: paddedOutput * 4,
    blocks: directions,
    block: output / directions,
    blockStride: paddedHidden * 4,
  };
}

function checkWeights(expected: ReturnType<typeof weightShapes>, weights: readonly Float32Array[]): void {
  if (weights.length !== expected.length)
    throw new Error(`${expected.length} weights were expected, not ${weights.length}`);
  for (const [index, { name, shape }] of expected.entries()) {
    const size = shape.reduce((product, x) => product * x, 1);
    if (weights[index]!.length !== size)
      throw new Error(`${name} has ${weights[index]!.length} values; [${shape.join(', ')}] was expected`);
  }
}

/** An id beyond the table would read foreign memory. */
function checkTokens(rows: Ragged, table: EmbeddingTable, { input }: RecurrentShape): void {
  if (table.dimensions !== input)
    throw new Error(`embeddings of ${table.dimensions} dimensions do not fit an input of ${input}`);
  const end = rows.offsets[rowCount(rows)]!;
  for (let i = rows.offsets[0]!; i < end; i++)
    if (rows.values[i]! >= table.rows)
      throw new Error(`token ${rows.values[i]} is beyond the table's ${table.rows} rows`);
}
