/**
 * Triplet loss against the hardest document of the batch: mean of max(0, m + d(q, p) − min over n of d(q, n)), n
 * being every document of the batch, mined or another query's, that is not known to answer q.
 * Hermans et al. 2017, "In defense of the triplet loss for person re-identification".
 */
import { defineLoss, margin, type MarginParams } from './define-loss.ts';
import { highest, inBatchTripletLoss } from './in-batch-triplet.ts';

export const batchHardTriplet = defineLoss('batch_hard_triplet', {
  description: 'Batch-hard triplet loss: on the hardest negative in the batch.',
  properties: {
    margin,
  },
  create: ({ margin }: MarginParams) =>
    inBatchTripletLoss(margin, (scores, allowed) => highest(scores, (column) => allowed[column] === 1)),
});
