/** The losses that there are, in the order of the schema. docs/CONTRIBUTING.md says how one is added. */
import { batchHardTriplet } from './batch-hard-triplet.ts';
import type { ParamsOf } from './define-loss.ts';
import { marginMse } from './margin-mse.ts';
import { multipleNegativesRanking } from './multiple-negatives-ranking.ts';
import { semiHardTriplet } from './semi-hard-triplet.ts';
import { triplet } from './triplet.ts';

export const LOSSES = [
  triplet,
  batchHardTriplet,
  semiHardTriplet,
  multipleNegativesRanking,
  marginMse,
] as const;

/** `loss` of the train stage. */
export type LossParams = ParamsOf<(typeof LOSSES)[number]>;
