/**
 * GRU (Cho et al. 2014), reset after the matrix product as in cuDNN and PyTorch; gates z | r | n (update, reset,
 * candidate). x·W + b is the input product, h·U + c the recurrent one.
 *   z = σ(xz + hz), r = σ(xr + hr), n = tanh(xn + r ∘ hn), h' = n + z ∘ (h − n)
 */
import { recurrentOperations as op } from '../../abi.generated.ts';
import type { Cell, CellKernels } from './cell.ts';

export const gru: Cell & { readonly kernels: CellKernels } = {
  gates: 3,
  biases: [
    { name: 'bias', initial: [0, 0, 0] },
    { name: 'recurrentBias', initial: [0, 0, 0] },
  ],
  states: 1,
  step: (tf, x, [h], { recurrent, biases: [, recurrentBias] }) => {
    const [xz, xr, xn] = tf.split(x, 3, 1);
    const [hz, hr, hn] = tf.split(tf.add(tf.matMul(h!, recurrent), recurrentBias!), 3, 1);
    const z = tf.sigmoid(tf.add(xz!, hz!));
    const r = tf.sigmoid(tf.add(xr!, hr!));
    const n = tf.tanh(tf.add(xn!, tf.mul(r, hn!)));
    return [tf.add(n, tf.mul(z, tf.sub(h!, n)))];
  },
  // A record is n | z | r | hn: the input product is the first three blocks, the recurrent one the last three.
  kernels: {
    recordBlocks: 4,
    inputOrder: [1, 2, 0],
    recurrentOrder: [0, 1, 2],
    recurrentBlock: 1,
    biasBlocks: [
      [1, 2, 0],
      [1, 2, 3],
    ],
    hasMemory: false,
    scratchBlocks: 1,
    // The two biases of z and r act as one; those of n do not, as r comes between.
    joinBiases: ([bias, recurrentBias], hidden) => {
      const input = Float32Array.from(bias!);
      for (let k = 0; k < 2 * hidden; k++) input[k] = bias![k]! + recurrentBias![k]!;
      return { input, recurrent: recurrentBias!.subarray(2 * hidden) };
    },
    forward: op.gruForward,
    backward: op.gruBackward,
  },
};
