/**
 * Triplet loss against the hardest of those documents of the batch that are further away than the positive; where
 * every one is nearer, against the furthest. Harder ones can collapse a young model to a point.
 * Schroff et al. 2015, "FaceNet: a unified embedding for face recognition and clustering", section 3.2.
 */
import { defineLoss, margin, type MarginParams } from './define-loss.ts';
import { highest, inBatchTripletLoss } from './in-batch-triplet.ts';

export const semiHardTriplet = defineLoss('semi_hard_triplet', {
  description:
    'Semi-hard triplet loss: on the hardest negative in the batch that is further away than the positive.',
  properties: { margin },
  create: ({ margin }: MarginParams) =>
    inBatchTripletLoss(margin, (scores, allowed, positive) => {
      const near = scores[positive]!;
      const further = highest(scores, (column) => allowed[column] === 1 && scores[column]! < near);
      return (
        further ??
        highest(
          scores.map((score) => -score),
          (column) => allowed[column] === 1,
        )
      );
    }),
});
