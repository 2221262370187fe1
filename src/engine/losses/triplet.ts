/**
 * Triplet loss: mean over the mined negatives of max(0, m + d(q, p) − d(q, n)), where d is 1 − cos, −dot or the
 * Euclidean distance, each the negative of a score up to a constant.
 * Weinberger and Saul 2009, "Distance metric learning for large margin nearest neighbor classification";
 * Schroff et al. 2015, "FaceNet".
 */
import { defineLoss, margin, type MarginParams } from './define-loss.ts';
import { pick } from './loss.ts';

export const triplet = defineLoss('triplet', {
  description: 'Triplet loss on the mined negatives.',
  properties: { margin },
  create:
    ({ margin }: MarginParams) =>
    ({ scores, positive, negatives }, tf) => {
      const near = pick(tf, scores, positive);
      const far = pick(tf, scores, negatives);
      return tf.mean(tf.relu(tf.add(tf.sub(far, near), margin)));
    },
});
