/** The state of a training between two steps, as in a checkpoint. How it is stored is in checkpoint.ts. */
import type { ModelWeights } from '../../src/formats/model.ts';
import type { ValidationFigures } from './validation.ts';

/** One line of history.jsonl: a validation, and the steps since the one before. */
export interface ValidationRecord {
  /** From 1, only where the sets are trained on in sequence. */
  readonly phase?: number;
  /** Epochs of the phase so far, to two decimals. */
  readonly epoch: number;
  /** Steps so far. */
  readonly step: number;
  /** Mean over the triplets since the last validation. */
  readonly loss: number;
  /** The same of each set, where they are several; null if no batch was drawn from it. */
  readonly losses?: readonly (number | null)[];
  /** At the last step. */
  readonly learning_rate: number;
  /** Mean over the steps since the last validation, before clipping. */
  readonly gradient_norm: number;
  readonly validation: ValidationFigures | null;
}

/** What was added up since the last validation. */
export interface Sums {
  steps: number;
  /** The loss of each triplet, and the gradient norm of each step. */
  loss: number;
  triplets: number;
  norm: number;
  /** By set. */
  readonly sets: { loss: number; triplets: number }[];
}

export interface Best {
  readonly phase: number;
  readonly step: number;
  readonly mrr: number;
  readonly weights: ModelWeights;
}

/** The progress of a training; with the weights and moments, all that the rest of it depends on. */
export interface TrainingState {
  /** Position of the current phase. */
  phase: number;
  /** Finished steps of the current phase, and of all. */
  phaseStep: number;
  step: number;
  /** Triplets seen in the current phase. */
  phaseTriplets: number;
  sums: Sums;
  learningRate: number;
  history: ValidationRecord[];
  best: Best | undefined;
  /** The best MRR@10 of the current phase, and how many validations since were not better. */
  phaseBest: number;
  stale: number;
}

export function freshState(sets: number): TrainingState {
  return {
    phase: 0,
    phaseStep: 0,
    step: 0,
    phaseTriplets: 0,
    sums: freshSums(sets),
    learningRate: 0,
    history: [],
    best: undefined,
    phaseBest: -1,
    stale: 0,
  };
}

export function freshSums(sets: number): Sums {
  return {
    steps: 0,
    loss: 0,
    triplets: 0,
    norm: 0,
    sets: Array.from({ length: sets }, () => ({ loss: 0, triplets: 0 })),
  };
}
