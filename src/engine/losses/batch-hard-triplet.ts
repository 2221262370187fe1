/**
 * Triplet loss against the hardest document of the batch: mean of max(0, m + d(q, p) − min over n of d(q, n)), n
 * being every document of the batch, mined or another query's, that is not known to answer q.
 * Hermans et al. 2017, "In defense of the triplet loss for person re-identification".
 */
import * as tf from '@tensorflow/tfjs-core';
import { maskedScores, pick, type Loss } from './loss.ts';

export function batchHardTripletLoss(margin: number): Loss {
  return (batch) => {
    const near = tf.reshape(pick(batch.scores, batch.positive), [-1]);
    const hardest = tf.max(maskedScores(batch), 1);
    return tf.mean(tf.relu(tf.add(tf.sub(hardest, near), margin)));
  };
}
