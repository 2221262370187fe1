/**
 * A cell's weights between the user's order and the kernels'. The user's rows are [G, H] without padding, one block for
 * each gate; the kernels' rows are G blocks of H padded, in the order of the cell's kernels, and rows of inputs are
 * padded by block too. Values are copied, never computed.
 */
import type { CellKernels } from './cells/cell.ts';
import { kernelsOf } from './cells/registry.ts';
import type { RecurrentShape } from './shape.ts';
import type { Sizes } from './sizes.ts';

export interface WeightLayout {
  /** kernel [input, G·H] → w f32 [inputWidth, G·H padded]; the padding is left as it is. */
  padKernel(kernel: Float32Array, layer: number, w: Float32Array): void;
  unpadKernel(padded: Float32Array, layer: number): Float32Array;
  /** recurrent [H, G·H] → u f32 [H padded, G·H padded] */
  padRecurrent(recurrent: Float32Array, u: Float32Array): void;
  unpadRecurrent(padded: Float32Array): Float32Array;
  /** A bias of the input product: [G·H] → f32 [G·H padded] */
  padBias(bias: Float32Array, padded: Float32Array): void;
  /** The gradient of each bias, from those of a record's blocks summed over the tokens. */
  biases(sums: Float32Array): Float32Array[];
}

export function weightLayout(shape: RecurrentShape, sizes: Sizes): WeightLayout {
  const { hidden } = shape;
  const { gates, gatesWidth, paddedHidden } = sizes;

  const padRow = (
    order: readonly number[],
    from: Float32Array,
    row: number,
    to: Float32Array,
    at: number,
  ) => {
    for (const [gate, block] of order.entries()) {
      const start = (row * gates + gate) * hidden;
      to.set(from.subarray(start, start + hidden), at * gatesWidth + block * paddedHidden);
    }
  };
  const unpadRow = (
    order: readonly number[],
    from: Float32Array,
    at: number,
    to: Float32Array,
    row: number,
  ) => {
    for (const [gate, block] of order.entries()) {
      const start = at * gatesWidth + block * paddedHidden;
      to.set(from.subarray(start, start + hidden), (row * gates + gate) * hidden);
    }
  };
  /** The padded row of each row of a layer's input. */
  const inputRows = (layer: number): number[] => {
    const { inputBlocks, inputBlock } = sizes.layer(layer);
    return Array.from(
      { length: inputBlocks * inputBlock },
      (_, row) => Math.floor(row / inputBlock) * paddedHidden + (row % inputBlock),
    );
  };
  const kernels = (): CellKernels => kernelsOf(shape.cell);

  return {
    padKernel: (kernel, layer, w) => {
      const { inputOrder } = kernels();
      for (const [row, at] of inputRows(layer).entries()) padRow(inputOrder, kernel, row, w, at);
    },
    unpadKernel: (padded, layer) => {
      const rows = inputRows(layer);
      const kernel = new Float32Array(rows.length * gates * hidden);
      for (const [row, at] of rows.entries()) unpadRow(kernels().inputOrder, padded, at, kernel, row);
      return kernel;
    },
    padRecurrent: (recurrent, u) => {
      for (let row = 0; row < hidden; row++) padRow(kernels().recurrentOrder, recurrent, row, u, row);
    },
    unpadRecurrent: (padded) => {
      const recurrent = new Float32Array(hidden * gates * hidden);
      for (let row = 0; row < hidden; row++) unpadRow(kernels().recurrentOrder, padded, row, recurrent, row);
      return recurrent;
    },
    padBias: (bias, padded) => {
      padRow(kernels().inputOrder, bias, 0, padded, 0);
    },
    biases: (sums) =>
      kernels().biasBlocks.map((blocks) => {
        const bias = new Float32Array(gates * hidden);
        unpadRow(blocks, sums, 0, bias, 0);
        return bias;
      }),
  };
}
