import type { Similarity } from '../../formats/embeddings.ts';
import { batchHardTripletLoss } from './batch-hard-triplet.ts';
import type { Loss } from './loss.ts';
import { marginMseLoss } from './margin-mse.ts';
import { multipleNegativesRankingLoss, type SoftmaxOptions } from './multiple-negatives-ranking.ts';
import { semiHardTripletLoss } from './semi-hard-triplet.ts';
import { tripletLoss } from './triplet.ts';

export type LossParams = { readonly distance: Similarity } & (
  | {
      readonly name: 'triplet' | 'batch_hard_triplet' | 'semi_hard_triplet';
      readonly margin: number;
    }
  | ({ readonly name: 'multiple_negatives_ranking' } & SoftmaxOptions)
  | { readonly name: 'margin_mse' }
);

export function lossFor(params: LossParams): Loss {
  switch (params.name) {
    case 'triplet':
      return tripletLoss(params.margin);
    case 'batch_hard_triplet':
      return batchHardTripletLoss(params.margin);
    case 'semi_hard_triplet':
      return semiHardTripletLoss(params.margin);
    case 'multiple_negatives_ranking':
      return multipleNegativesRankingLoss(params);
    case 'margin_mse':
      return marginMseLoss();
  }
}
