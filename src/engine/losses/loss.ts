/** What every loss is given, and the op that they share. B queries, U distinct documents, K negatives. */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../ops.ts';

export interface LossBatch extends Omit<LossTargets, 'allowed'> {
  /** [B, U]: higher is more alike. */
  readonly scores: Tensor2D;
  /** [B, U] */
  readonly allowed: Tensor2D;
}

/** Who is whose in a batch. */
export interface LossTargets {
  /** [B]: the column of each query's positive. */
  readonly positive: Int32Array;
  /** [B · K]: the columns of its mined negatives. */
  readonly negatives: Int32Array;
  readonly negativesPerQuery: number;
  /** [B, U]: 0 where the document is known to answer the query or has the text of one that does, else 1. */
  readonly allowed: Float32Array;
  /** [B · K]: score of the positive less score of the negative by a teacher, where the triplets carry scores. */
  readonly teacherMargins?: Float32Array | undefined;
}

/** The mean loss of a batch. */
export type Loss = (batch: LossBatch, tf: Ops) => Scalar;

/** scores[row, columns[row · k + j]]: [B, U] → [B, k]. Autograd through a gather would compare every index. */
export function pick(tf: Ops, scores: Tensor2D, columns: Int32Array): Tensor2D {
  const [rows, width] = scores.shape;
  const k = columns.length / rows;
  const flat = Int32Array.from(columns, (column, i) => Math.floor(i / k) * width + column);
  const op = tf.customGrad((matrix) => ({
    value: tf.reshape(tf.gather(tf.reshape(matrix as Tensor, [-1]), tf.tensor1d(flat, 'int32')), [rows, k]),
    gradFunc: (gradient: Tensor) => {
      const indices = tf.tensor2d(flat, [flat.length, 1], 'int32');
      return tf.reshape(tf.scatterND(indices, tf.reshape(gradient, [-1]), [rows * width]), [rows, width]);
    },
  }));
  return op(scores) as Tensor2D;
}
