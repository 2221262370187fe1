/** The state of a training between two steps, as in a checkpoint. How it is stored is in checkpoint.ts. */
import type { ModelWeights } from '../../src/formats/model.ts';
import type { ValidationFigures } from './validation.ts';

/** One line of history.jsonl. */
export interface EpochRecord {
  readonly epoch: number;
  /** Steps so far. */
  readonly step: number;
  /** Mean over the epoch's triplets. */
  readonly loss: number;
  /** At the last step. */
  readonly learning_rate: number;
  /** Mean over the epoch's steps, before clipping. */
  readonly gradient_norm: number;
  readonly validation: ValidationFigures | null;
}

/** The progress of a training; with the weights and moments, all that the rest of it depends on. */
export interface TrainingState {
  /** Finished epochs. */
  epoch: number;
  /** Finished batches of the current epoch. */
  batch: number;
  step: number;
  /** Sums over the current epoch: the loss of each triplet, and the gradient norm of each step. */
  lossSum: number;
  triplets: number;
  normSum: number;
  learningRate: number;
  history: EpochRecord[];
  best: { readonly epoch: number; readonly mrr: number; readonly weights: ModelWeights } | undefined;
}

export function freshState(): TrainingState {
  return {
    epoch: 0,
    batch: 0,
    step: 0,
    lossSum: 0,
    triplets: 0,
    normSum: 0,
    learningRate: 0,
    history: [],
    best: undefined,
  };
}
