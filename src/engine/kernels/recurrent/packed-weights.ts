/** The weights in the shared memory: padded, their gates in the kernels' order, and packed for the matrix products. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import type { Job } from '../threads/instructions.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import type { RecurrentShape } from './shape.ts';
import { sizesOf, type Sizes } from './sizes.ts';

/** Addresses for one direction of one layer; K and N are padded. */
export interface CellWeights {
  /** Panels of the input weights [inputWidth, G·H], and of their transpose. */
  readonly w: number;
  readonly wt: number;
  /** Panels of the recurrent weights [H, G·H], and of their transpose. */
  readonly u: number;
  readonly ut: number;
  /** f32 [G·H] */
  readonly bias: number;
  /** f32 [H]: a GRU's recurrent bias of n. */
  readonly un: number;
}

export interface LoadedWeights {
  cell(layer: number, direction: number): CellWeights;
  /** f32 [paddedOutput] */
  readonly attention: number;
  /** f32 [4·H and at least the widest input], all zero. */
  readonly zeros: number;
  /** Takes these values; nothing is done where they are those of the last call. Gives a number that changes with them. */
  load(weights: readonly Float32Array[]): number;
  /** Gradients as the kernels leave them, back in the user's order and without padding. */
  unpadKernel(padded: Float32Array, layer: number): Float32Array;
  unpadRecurrent(padded: Float32Array): Float32Array;
  /** `sums`: over tokens of the four blocks of a record. */
  biases(sums: Float32Array): Float32Array[];
  unpadOutput(padded: Float32Array): Float32Array;
  dispose(): void;
}

/** Block of the kernels' order for each gate of the user's: the input product of a GRU gives n | z | r. */
const INPUT_ORDER = { gru: [1, 2, 0], lstm: [0, 1, 2, 3] };
const RECURRENT_ORDER = { gru: [0, 1, 2], lstm: [0, 1, 2, 3] };

interface CellBlocks extends CellWeights {
  readonly plainW: number;
  readonly plainU: number;
}

export function createWeights(heap: Heap, pool: ThreadPool, shape: RecurrentShape): LoadedWeights {
  const sizes = sizesOf(shape);
  const { paddedHidden, gates, directions, layers, paddedOutput } = sizes;
  const allocated: number[] = [];
  const zeroed = (floats: number): number => {
    const at = heap.allocate(floats * 4);
    heap.f32(at, floats).fill(0);
    allocated.push(at);
    return at;
  };
  const cells: CellBlocks[] = [];
  for (let l = 0; l < layers; l++)
    for (let d = 0; d < directions; d++) {
      const input = sizes.layer(l).inputWidth * gates * paddedHidden;
      const recurrent = paddedHidden * gates * paddedHidden;
      cells.push({
        plainW: zeroed(input),
        w: zeroed(input),
        wt: zeroed(input),
        plainU: zeroed(recurrent),
        u: zeroed(recurrent),
        ut: zeroed(recurrent),
        bias: zeroed(gates * paddedHidden),
        un: zeroed(paddedHidden),
      });
    }
  const attention = zeroed(paddedOutput);
  const zeros = zeroed(Math.max(4 * paddedHidden, sizes.layer(0).inputWidth, paddedOutput));
  const each = shape.cell === 'gru' ? 4 : 3;
  let version = 0;
  let current: Float32Array[] = [];

  const load = (weights: readonly Float32Array[]): number => {
    if (version > 0 && weights.every((values, index) => same(values, current[index]!))) return version;
    current = weights.map((values) => values.slice());
    const jobs: Job[] = [];
    for (const [index, cell] of cells.entries()) {
      const layer = Math.floor(index / directions);
      writeCell(heap, sizes, shape, layer, cell, weights.slice(index * each, (index + 1) * each));
      const width = gates * paddedHidden;
      const { inputWidth } = sizes.layer(layer);
      const lds = width * 4;
      jobs.push(
        [op.pack({ src: cell.plainW, lds, out: cell.w, K: inputWidth, N: width })],
        [op.packTransposed({ src: cell.plainW, lds, out: cell.wt, K: width, N: inputWidth })],
        [op.pack({ src: cell.plainU, lds, out: cell.u, K: paddedHidden, N: width })],
        [op.packTransposed({ src: cell.plainU, lds, out: cell.ut, K: width, N: paddedHidden })],
      );
    }
    if (shape.pooling === 'attention') {
      const values = weights[cells.length * each]!;
      copyBlocks(
        values,
        heap.f32(attention, paddedOutput),
        directions,
        sizes.output / directions,
        paddedHidden,
      );
    }
    pool.run(jobs);
    return ++version;
  };

  return {
    cell: (layer, direction) => cells[layer * directions + direction]!,
    attention,
    zeros,
    load,
    unpadKernel: (padded, layer) => unpadKernel(padded, shape, sizes, layer),
    unpadRecurrent: (padded) => unpadRows(padded, shape, sizes, paddedHidden, shape.hidden, RECURRENT_ORDER),
    biases: (sums) => biases(sums, shape, paddedHidden),
    unpadOutput: (padded) => {
      const block = sizes.output / directions;
      const out = new Float32Array(sizes.output);
      for (let d = 0; d < directions; d++)
        out.set(padded.subarray(d * paddedHidden, d * paddedHidden + block), d * block);
      return out;
    },
    dispose: () => {
      for (const at of allocated) heap.free(at);
    },
  };
}

function same(a: Float32Array, b: Float32Array): boolean {
  const bytes = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  return a.length === b.length && Buffer.compare(bytes(a), bytes(b)) === 0;
}

function copyBlocks(
  from: Float32Array,
  to: Float32Array,
  blocks: number,
  block: number,
  padded: number,
): void {
  for (let i = 0; i < blocks; i++) to.set(from.subarray(i * block, (i + 1) * block), i * padded);
}

function cellOf(shape: RecurrentShape): 'gru' | 'lstm' {
  return shape.cell === 'lstm' ? 'lstm' : 'gru';
}

function writeCell(
  heap: Heap,
  sizes: Sizes,
  shape: RecurrentShape,
  layer: number,
  cell: CellBlocks,
  [kernel, recurrent, bias, recurrentBias]: readonly Float32Array[],
): void {
  const { gates, paddedHidden } = sizes;
  const { inputBlocks, inputBlock, inputWidth } = sizes.layer(layer);
  const width = gates * paddedHidden;
  const writeRows = (to: Float32Array, from: Float32Array, row: number, source: number, order: number[]) => {
    for (const [gate, block] of order.entries()) {
      const at = (source * gates + gate) * shape.hidden;
      to.set(from.subarray(at, at + shape.hidden), row * width + block * paddedHidden);
    }
  };
  const w = heap.f32(cell.plainW, inputWidth * width);
  for (let b = 0; b < inputBlocks; b++)
    for (let i = 0; i < inputBlock; i++)
      writeRows(w, kernel!, b * paddedHidden + i, b * inputBlock + i, INPUT_ORDER[cellOf(shape)]);
  const u = heap.f32(cell.plainU, paddedHidden * width);
  for (let i = 0; i < shape.hidden; i++) writeRows(u, recurrent!, i, i, RECURRENT_ORDER[cellOf(shape)]);
  const joined = Float32Array.from(bias!);
  if (recurrentBias) {
    // A GRU's two biases of z and r act as one; those of n do not, as r comes between.
    for (let k = 0; k < 2 * shape.hidden; k++) joined[k] = bias![k]! + recurrentBias[k]!;
    heap.f32(cell.un, paddedHidden).set(recurrentBias.subarray(2 * shape.hidden));
  }
  writeRows(heap.f32(cell.bias, width), joined, 0, 0, INPUT_ORDER[cellOf(shape)]);
}

/** padded [rows, G·H padded] → [rows, G·H], the padded row of each row given by `place`. */
function unpadRows(
  padded: Float32Array,
  shape: RecurrentShape,
  { gates, paddedHidden }: Sizes,
  block: number,
  rows: number,
  orders: typeof INPUT_ORDER,
  perBlock = rows,
): Float32Array {
  const out = new Float32Array(rows * gates * shape.hidden);
  const order = orders[cellOf(shape)];
  for (let row = 0; row < rows; row++) {
    const source = Math.floor(row / perBlock) * block + (row % perBlock);
    for (const [gate, place] of order.entries()) {
      const at = source * gates * paddedHidden + place * paddedHidden;
      out.set(padded.subarray(at, at + shape.hidden), (row * gates + gate) * shape.hidden);
    }
  }
  return out;
}

function unpadKernel(padded: Float32Array, shape: RecurrentShape, sizes: Sizes, layer: number): Float32Array {
  const { inputBlocks, inputBlock } = sizes.layer(layer);
  return unpadRows(
    padded,
    shape,
    sizes,
    sizes.paddedHidden,
    inputBlocks * inputBlock,
    INPUT_ORDER,
    inputBlock,
  );
}

function biases(sums: Float32Array, shape: RecurrentShape, paddedHidden: number): Float32Array[] {
  const gather = (blocks: readonly number[]): Float32Array => {
    const out = new Float32Array(blocks.length * shape.hidden);
    for (const [gate, block] of blocks.entries())
      out.set(sums.subarray(block * paddedHidden, block * paddedHidden + shape.hidden), gate * shape.hidden);
    return out;
  };
  // A GRU's record is n | z | r | hn.
  return shape.cell === 'gru' ? [gather([1, 2, 0]), gather([1, 2, 3])] : [gather([0, 1, 2, 3])];
}
