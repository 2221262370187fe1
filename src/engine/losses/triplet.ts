/**
 * Triplet loss: mean over the mined negatives of max(0, m + d(q, p) − d(q, n)), where d is 1 − cos, −dot or the
 * Euclidean distance, each the negative of a score up to a constant.
 * Weinberger and Saul 2009, "Distance metric learning for large margin nearest neighbor classification";
 * Schroff et al. 2015, "FaceNet".
 */
import * as tf from '@tensorflow/tfjs-core';
import { pick, type Loss } from './loss.ts';

export function tripletLoss(margin: number): Loss {
  return ({ scores, positive, negatives }) => {
    const near = pick(scores, positive);
    const far = pick(scores, negatives);
    return tf.mean(tf.relu(tf.add(tf.sub(far, near), margin)));
  };
}
