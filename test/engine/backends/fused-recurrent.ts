/** The recurrent encoder by the embedded engine's kernels as one op for autograd: what whole towers are checked against. */
import * as tf from '@tensorflow/tfjs-core';
import { rowCount } from '../../../src/formats/ragged.ts';
import type { Kernels } from '../../../src/engine/kernels/kernels.ts';
import { tableAnchor, type RecurrentOp } from '../../../src/engine/backends/recurrent-op.ts';
import { outputWidth, type RecurrentShape } from '../../../src/engine/kernels/recurrent/shape.ts';

/** One set of weights at a time: a tower that has its own needs an op of its own. */
export function fusedRecurrent(kernels: Kernels, shape: RecurrentShape): RecurrentOp {
  const recurrent = kernels.recurrent(shape);
  return (texts, table, weights, pass) => {
    const size: [number, number] = [rowCount(texts), outputWidth(shape)];
    const values = weights.map((weight) => weight.dataSync() as Float32Array);
    const run = (): ReturnType<typeof recurrent.forward> => recurrent.forward(texts, table, values, pass);
    if (!pass.training) return tf.tensor2d(run().output, size);
    const op = tf.customGrad(() => {
      const { output, tape } = run();
      const gradFunc = (gradient: tf.Tensor): tf.Tensor[] => {
        const gradients = recurrent.backward(tape, gradient.dataSync() as Float32Array);
        const ofWeights = gradients.map((values, i) => tf.tensor(values, weights[i]!.shape));
        return [...ofWeights, tf.scalar(0)];
      };
      return { value: tf.tensor2d(output, size), gradFunc };
    });
    return op(...weights, tableAnchor());
  };
}
