/**
 * Triplet loss against the hardest of those documents of the batch that are further away than the positive; where
 * every one is nearer, against the furthest. Harder ones can collapse a young model to a point.
 * Schroff et al. 2015, "FaceNet: a unified embedding for face recognition and clustering", section 3.2.
 */
import * as tf from '@tensorflow/tfjs-core';
import { FAR, maskedScores, pick, type Loss } from './loss.ts';

export function semiHardTripletLoss(margin: number): Loss {
  return (batch) => {
    const near = pick(batch.scores, batch.positive);
    const further = tf.mul(batch.allowed, tf.cast(tf.less(batch.scores, near), 'float32'));
    const semiHard = tf.max(tf.add(batch.scores, tf.mul(tf.sub(further, 1), FAR)), 1);
    const furthest = tf.min(tf.sub(batch.scores, tf.mul(tf.sub(batch.allowed, 1), FAR)), 1);
    const any = tf.greater(tf.max(further, 1), 0);
    // A row whose every document answers the query has no negative at all.
    const some = tf.greater(tf.max(maskedScores(batch), 1), -FAR / 2);
    const negative = tf.where(any, semiHard, furthest);
    const loss = tf.relu(tf.add(tf.sub(negative, tf.reshape(near, [-1])), margin));
    return tf.mean(tf.mul(loss, tf.cast(some, 'float32')));
  };
}
