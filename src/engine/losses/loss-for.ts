import type { Scalar } from '@tensorflow/tfjs-core';
import { OPS } from '../ops.ts';
import type { InBatchSoftmax } from './define-loss.ts';
import type { Loss, LossBatch } from './loss.ts';
import { LOSSES, type LossParams } from './registry.ts';

/** The loss that a spec asks for; this loads TensorFlow.js, which the registry does not. */
export function lossFor(params: LossParams): (batch: LossBatch) => Scalar {
  const loss = (kindOf(params).create as (parameters: LossParams) => Loss)(params);
  return (batch) => loss(batch, OPS);
}

/** Where the kernels have the loss. */
export function softmaxOf(params: LossParams): InBatchSoftmax | undefined {
  return (kindOf(params).softmax as (parameters: LossParams) => InBatchSoftmax | undefined)(params);
}

const kindOf = ({ name }: LossParams) => LOSSES.find((kind) => kind.name === name)!;
