/** The weights in the shared memory: padded, their gates in the kernels' order, and packed for the matrix products. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import type { Job } from '../threads/instructions.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { kernelsOf } from './cells/registry.ts';
import { weightsEach, type RecurrentShape } from './shape.ts';
import { sizesOf } from './sizes.ts';
import { weightLayout, type WeightLayout } from './weight-layout.ts';

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
  /** f32 [H]: the bias inside the recurrent product, zeros for a cell that has none. */
  readonly recurrentBias: number;
}

export interface LoadedWeights {
  cell(layer: number, direction: number): CellWeights;
  /** f32 [paddedOutput] */
  readonly attention: number;
  /** f32, all zero: as many as a record or the widest row of inputs or outputs. */
  readonly zeros: number;
  /** Takes these values; nothing is done where they are those of the last call. Gives a number that changes with them. */
  load(weights: readonly Float32Array[]): number;
  readonly layout: WeightLayout;
  /** [paddedOutput] → [D] */
  unpadOutput(padded: Float32Array): Float32Array;
  dispose(): void;
}

interface CellBlocks extends CellWeights {
  readonly plainW: number;
  readonly plainU: number;
}

export function createWeights(heap: Heap, pool: ThreadPool, shape: RecurrentShape): LoadedWeights {
  const sizes = sizesOf(shape);
  const layout = weightLayout(shape, sizes);
  const { paddedHidden, gatesWidth, directions, layers, paddedOutput } = sizes;
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
      const input = sizes.layer(l).inputWidth * gatesWidth;
      const recurrent = paddedHidden * gatesWidth;
      cells.push({
        plainW: zeroed(input),
        w: zeroed(input),
        wt: zeroed(input),
        plainU: zeroed(recurrent),
        u: zeroed(recurrent),
        ut: zeroed(recurrent),
        bias: zeroed(gatesWidth),
        recurrentBias: zeroed(paddedHidden),
      });
    }
  const attention = zeroed(paddedOutput);
  const zeros = zeroed(Math.max(sizes.recordWidth, gatesWidth, sizes.layer(0).inputWidth, paddedOutput));
  const each = weightsEach(shape);
  let version = 0;
  const current: Float32Array[] = [];

  const write = (
    cell: CellBlocks,
    layer: number,
    [kernel, recurrent, ...biases]: readonly Float32Array[],
  ): void => {
    layout.padKernel(kernel!, layer, heap.f32(cell.plainW, sizes.layer(layer).inputWidth * gatesWidth));
    layout.padRecurrent(recurrent!, heap.f32(cell.plainU, paddedHidden * gatesWidth));
    const joined = kernelsOf(shape.cell).joinBiases(biases, shape.hidden);
    layout.padBias(joined.input, heap.f32(cell.bias, gatesWidth));
    if (joined.recurrent) heap.f32(cell.recurrentBias, paddedHidden).set(joined.recurrent);
  };

  const load = (weights: readonly Float32Array[]): number => {
    if (version > 0 && weights.every((values, index) => same(values, current[index]!))) return version;
    for (const [index, values] of weights.entries()) {
      // Large arrays that are made anew at every step cost more than what is copied into them.
      if (current[index]) current[index].set(values);
      else current[index] = values.slice();
    }
    const jobs: Job[] = [];
    for (const [index, cell] of cells.entries()) {
      const layer = Math.floor(index / directions);
      write(cell, layer, weights.slice(index * each, (index + 1) * each));
      const width = gatesWidth;
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
      const padded = heap.f32(attention, paddedOutput);
      const block = sizes.output / directions;
      for (let d = 0; d < directions; d++)
        padded.set(values.subarray(d * block, (d + 1) * block), d * paddedHidden);
    }
    pool.run(jobs);
    return ++version;
  };

  return {
    cell: (layer, direction) => cells[layer * directions + direction]!,
    attention,
    zeros,
    load,
    layout,
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
