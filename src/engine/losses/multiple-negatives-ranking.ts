/**
 * In-batch softmax: −log( e^(s(q,p)/τ) / Σ over d of e^(s(q,d)/τ) ), d being the positive and every document of the
 * batch, mined negatives and other queries' documents alike, that is not known to answer q. `symmetric` averages it
 * with the same over the batch's queries for each positive.
 * Henderson et al. 2017, "Efficient natural language response suggestion for Smart Reply" (multiple negatives
 * ranking); van den Oord et al. 2018, "Representation learning with contrastive predictive coding" (InfoNCE).
 */
import * as tf from '@tensorflow/tfjs-core';
import { pick, type Loss } from './loss.ts';

/** Further than any score, near enough for float32 to keep a score added to it finite. */
const FAR = 1e9;

export interface SoftmaxOptions {
  readonly temperature: number;
  readonly symmetric: boolean;
}

export function multipleNegativesRankingLoss({ temperature, symmetric }: SoftmaxOptions): Loss {
  return ({ scores, positive, allowed }) => {
    const logits = tf.div<tf.Tensor2D>(scores, temperature);
    const forward = crossEntropy(logits, allowed, positive);
    if (!symmetric) return forward;
    const columns = tf.transpose<tf.Tensor2D>(targets(positive, scores.shape[1]));
    const ofPositives = tf.transpose<tf.Tensor2D>(tf.matMul(logits, columns));
    const queriesAllowed = tf.transpose<tf.Tensor2D>(tf.matMul(allowed, columns));
    const own = Int32Array.from(positive, (_, row) => row);
    return tf.div(tf.add(forward, crossEntropy(ofPositives, queriesAllowed, own)), 2);
  };
}

/** Mean of log Σ e^logit − target logit over rows; the target counts although it is no negative. */
function crossEntropy(logits: tf.Tensor2D, allowed: tf.Tensor2D, target: Int32Array): tf.Scalar {
  const kept = tf.maximum(allowed, targets(target, logits.shape[1]));
  const all = tf.logSumExp(tf.add(logits, tf.mul(tf.sub(kept, 1), FAR)), 1);
  return tf.mean(tf.sub(all, tf.reshape(pick(logits, target), [-1])));
}

/** [rows, width]: 1 at each row's target. tf.oneHot refuses a width of 1. */
function targets(target: Int32Array, width: number): tf.Tensor2D {
  const values = new Float32Array(target.length * width);
  target.forEach((column, row) => {
    values[row * width + column] = 1;
  });
  return tf.tensor2d(values, [target.length, width]);
}
