/** When a training has probably taught the model little. Judged from its history, so that a resumed one warns alike. */
import type { StageWarning } from '../../src/stage.ts';
import type { TrainingState } from './state.ts';

/**
 * Optimiser steps below which a model with random weights is still close to them: Adam moves a weight by at most about
 * the learning rate a step, 0.1 in 100 steps at 0.001.
 */
const FEWEST_STEPS = 100;

export interface Trained {
  readonly state: Pick<TrainingState, 'history' | 'best' | 'step'>;
  readonly triplets: number;
  readonly batchSize: number;
  /** The parameter that ended the training. */
  readonly endedBy: 'epochs' | 'max_steps' | 'patience';
}

/** An untrained model (`epochs: 0`) was asked for as a baseline and is not warned of. */
export function trainingWarnings(trained: Trained): StageWarning[] {
  if (trained.state.step === 0) return [];
  const found = [fewSteps(trained), notLearning(trained), bestFirst(trained)];
  return found.filter((warning) => warning !== undefined);
}

function fewSteps({
  state: { step, history },
  triplets,
  batchSize,
  endedBy,
}: Trained): StageWarning | undefined {
  if (step >= FEWEST_STEPS) return undefined;
  const epochs = history.at(-1)!.epoch;
  return {
    message: `only ${step} optimiser ${step === 1 ? 'step' : 'steps'} in all; a model needs hundreds`,
    cause:
      endedBy === 'epochs'
        ? `${triplets} triplets in batches of ${batchSize}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}.`
        : `Training stopped at \`${endedBy}\`.`,
    hint:
      endedBy === 'max_steps'
        ? 'Raise `max_steps`.'
        : `Raise \`${endedBy}\`, lower \`batch_size\`, or mine more triplets with \`triplets_per_positive\`.`,
    parameter: endedBy,
  };
}

/** A loss that is not a number is not below either. */
function notLearning({ state: { history } }: Trained): StageWarning | undefined {
  const [first, last] = [history[0]!.loss, history.at(-1)!.loss];
  if (!Number.isFinite(last))
    return {
      message: `the loss is ${last}: training diverged`,
      cause: 'The steps are too large.',
      hint: 'Lower the learning rate, or set `max_grad_norm`.',
      parameter: 'optimizer.learning_rate',
    };
  if (history.length < 2 || last < first) return undefined;
  return {
    message: `the loss did not fall: ${first.toFixed(4)} in the first epoch, ${last.toFixed(4)} in the last`,
    cause: 'The learning rate is too high or far too low, or the triplets contradict each other.',
    hint: 'Try a learning rate ten times lower, then ten times higher.',
    parameter: 'optimizer.learning_rate',
  };
}

function bestFirst({ state: { history, best } }: Trained): StageWarning | undefined {
  if (history.length < 2 || best?.epoch !== history[0]!.epoch) return undefined;
  return {
    message: `the first of ${history.length} epochs is the best by validation: more training made the model worse`,
    cause:
      'The model overfits a small training set, the learning rate is too high, or there are too few validation queries to tell.',
    hint: 'Lower the learning rate, mine harder negatives, or use more validation queries.',
    parameter: 'optimizer.learning_rate',
  };
}
