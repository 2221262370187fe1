/**
 * Margin-MSE: mean over the mined negatives of ((s(q,p) − s(q,n)) − (t(q,p) − t(q,n)))², t being the scores of a
 * teacher, such as a cross-encoder, that the triplets carry.
 * Hofstätter et al. 2020, "Improving efficient neural ranking models with cross-architecture knowledge distillation".
 */
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Ops } from '../ops.ts';
import { defineLoss, teacherScale } from './define-loss.ts';
import { pick, type LossBatch } from './loss.ts';

export const marginMse = defineLoss('margin_mse', {
  description:
    'Margin-MSE loss: squared error between the score margin of positive and negative and that of the teacher scores.',
  properties: { teacher_scale: teacherScale },
  create: () => (batch, tf) => {
    const loss = marginError(batch, tf);
    if (!loss) throw new Error('margin_mse needs scores with the triplets');
    return loss;
  },
});

/** Undefined without a teacher's margins. */
export function marginError(
  { scores, positive, negatives, teacherMargins }: LossBatch,
  tf: Ops,
): Scalar | undefined {
  if (!teacherMargins) return undefined;
  const margins = tf.sub(pick(tf, scores, positive), pick(tf, scores, negatives));
  return tf.mean(tf.square(tf.sub(margins, tf.tensor(teacherMargins, margins.shape))));
}
