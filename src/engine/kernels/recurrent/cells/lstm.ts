/**
 * LSTM with forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000); gates i | f | g | o. The forget gate starts
 * open (Jozefowicz et al. 2015).
 *   i | f | g | o = x·W + b + h·U,  c' = σ(f) ∘ c + σ(i) ∘ tanh(g),  h' = σ(o) ∘ tanh(c')
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { recurrentOperations as op } from '../../abi.generated.ts';
import type { Cell, CellKernels } from './cell.ts';

export const lstm: Cell & { readonly kernels: CellKernels } = {
  gates: 4,
  biases: [{ name: 'bias', initial: [0, 1, 0, 0] }],
  states: 2,
  step: (tf, x, [h, c], { recurrent }) => {
    const [i, f, g, o] = tf.split(tf.add(x, tf.matMul(h!, recurrent)), 4, 1);
    const memory = tf.add<Tensor2D>(tf.mul(tf.sigmoid(f!), c!), tf.mul(tf.sigmoid(i!), tf.tanh(g!)));
    return [tf.mul(tf.sigmoid(o!), tf.tanh(memory)), memory];
  },
  // A record is i | f | g | o, for both products.
  kernels: {
    recordBlocks: 4,
    inputOrder: [0, 1, 2, 3],
    recurrentOrder: [0, 1, 2, 3],
    recurrentBlock: 0,
    biasBlocks: [[0, 1, 2, 3]],
    hasMemory: true,
    scratchBlocks: 2,
    joinBiases: ([bias]) => ({ input: bias! }),
    forward: op.lstmForward,
    backward: op.lstmBackward,
  },
};
