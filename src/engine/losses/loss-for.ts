import type { Scalar } from '@tensorflow/tfjs-core';
import { OPS } from '../ops.ts';
import type { Loss, LossBatch } from './loss.ts';
import { LOSSES, type LossParams } from './registry.ts';

/** The loss that a spec asks for; this loads TensorFlow.js, which the registry does not. */
export function lossFor(params: LossParams): (batch: LossBatch) => Scalar {
  const kind = LOSSES.find(({ name }) => name === params.name)!;
  const loss = (kind.create as (parameters: LossParams) => Loss)(params);
  return (batch) => loss(batch, OPS);
}
