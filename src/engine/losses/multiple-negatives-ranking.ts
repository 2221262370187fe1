/**
 * In-batch softmax: −log( e^(s(q,p)/τ) / Σ over d of e^(s(q,d)/τ) ), d being the positive and every document of the
 * batch, mined negatives and other queries' documents alike, that is not known to answer q. `symmetric` averages it
 * with the same over the batch's queries for each positive. `distillation_weight` adds margin-MSE (margin-mse.ts) where
 * the triplets carry teacher scores.
 * Henderson et al. 2017, "Efficient natural language response suggestion for Smart Reply" (multiple negatives
 * ranking); van den Oord et al. 2018, "Representation learning with contrastive predictive coding" (InfoNCE).
 */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../ops.ts';
import { defineLoss, teacherScale } from './define-loss.ts';
import { pick, type LossBatch } from './loss.ts';
import { marginError } from './margin-mse.ts';

/** Further than any score, near enough for float32 to keep a score added to it finite. */
const FAR = 1e9;

interface SoftmaxParams {
  readonly temperature: number;
  readonly symmetric: boolean;
  readonly distillation_weight: number;
}

const temperature = {
  description: 'Temperature of the softmax; scores are divided by it. Lower values emphasise hard negatives.',
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1000,
  default: 0.05,
} as const;

const symmetric = {
  description: 'Symmetric loss: also a softmax over the queries in the batch for each document.',
  type: 'boolean',
  default: false,
} as const;

const distillationWeight = {
  description:
    'Weight of a margin-MSE loss that is added on triplets with teacher scores (knowledge distillation); 0 adds none.',
  type: 'number',
  minimum: 0,
  maximum: 1_000_000,
  default: 0,
} as const;

export const multipleNegativesRanking = defineLoss('multiple_negatives_ranking', {
  description:
    'Multiple negatives ranking loss (InfoNCE): softmax over the positive and all other documents in the batch, including mined negatives.',
  properties: {
    temperature,
    symmetric,
    distillation_weight: distillationWeight,
    teacher_scale: teacherScale,
  },
  create: (params: SoftmaxParams) => (batch, tf) => {
    const loss = softmaxLoss(batch, tf, params);
    const error = params.distillation_weight > 0 ? marginError(batch, tf) : undefined;
    return error ? tf.add(loss, tf.mul(error, params.distillation_weight)) : loss;
  },
  softmax: ({ temperature, symmetric, distillation_weight }) =>
    symmetric || distillation_weight > 0 ? undefined : { temperature },
});

function softmaxLoss(
  { scores, positive, allowed }: LossBatch,
  tf: Ops,
  { temperature, symmetric }: SoftmaxParams,
): Scalar {
  const logits = tf.div<Tensor2D>(scores, temperature);
  const forward = crossEntropy(tf, logits, allowed, positive);
  if (!symmetric) return forward;
  const columns = tf.transpose<Tensor2D>(targets(tf, positive, scores.shape[1]));
  const ofPositives = tf.transpose<Tensor2D>(tf.matMul(logits, columns));
  const queriesAllowed = tf.transpose<Tensor2D>(tf.matMul(allowed, columns));
  const own = Int32Array.from(positive, (_, row) => row);
  return tf.div(tf.add(forward, crossEntropy(tf, ofPositives, queriesAllowed, own)), 2);
}

/** Mean of log Σ e^logit − target logit over rows; the target counts although it is no negative. */
function crossEntropy(tf: Ops, logits: Tensor2D, allowed: Tensor2D, target: Int32Array): Scalar {
  const kept = tf.maximum(allowed, targets(tf, target, logits.shape[1]));
  const all = tf.logSumExp(tf.add(logits, tf.mul(tf.sub(kept, 1), FAR)), 1);
  return tf.mean(tf.sub(all, tf.reshape(pick(tf, logits, target), [-1])));
}

/** [rows, width]: 1 at each row's target. tf.oneHot refuses a width of 1. */
function targets(tf: Ops, target: Int32Array, width: number): Tensor2D {
  const values = new Float32Array(target.length * width);
  target.forEach((column, row) => {
    values[row * width + column] = 1;
  });
  return tf.tensor2d(values, [target.length, width]);
}
