/**
 * Margin-MSE: mean over the mined negatives of ((s(q,p) − s(q,n)) − (t(q,p) − t(q,n)))², t being the scores of a
 * teacher, such as a cross-encoder, that the triplets carry.
 * Hofstätter et al. 2020, "Improving efficient neural ranking models with cross-architecture knowledge distillation".
 */
import { defineLoss } from './define-loss.ts';
import { pick } from './loss.ts';

export const marginMse = defineLoss('margin_mse', {
  description:
    'Margin-MSE loss: squared error between the score margin of positive and negative and that of the teacher scores.',
  properties: {},
  create:
    () =>
    ({ scores, positive, negatives, teacherMargins }, tf) => {
      if (!teacherMargins) throw new Error('margin_mse needs scores with the triplets');
      const margins = tf.sub(pick(tf, scores, positive), pick(tf, scores, negatives));
      return tf.mean(tf.square(tf.sub(margins, tf.tensor(teacherMargins, margins.shape))));
    },
});
