/**
 * Margin-MSE: mean over the mined negatives of ((s(q,p) − s(q,n)) − (t(q,p) − t(q,n)))², t being the scores of a
 * teacher, such as a cross-encoder, that the triplets carry.
 * Hofstätter et al. 2020, "Improving efficient neural ranking models with cross-architecture knowledge distillation".
 */
import * as tf from '@tensorflow/tfjs-core';
import { pick, type Loss } from './loss.ts';

export function marginMseLoss(): Loss {
  return ({ scores, positive, negatives, teacherMargins }) => {
    if (!teacherMargins) throw new Error('margin_mse needs scores with the triplets');
    const margins = tf.sub(pick(scores, positive), pick(scores, negatives));
    return tf.mean(tf.square(tf.sub(margins, tf.tensor(teacherMargins, margins.shape))));
  };
}
