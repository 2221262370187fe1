/** When a training has probably taught the model little. Judged from its history, so that a resumed one warns alike. */
import type { StageWarning } from '../../src/stage.ts';
import type { Ending } from './ending.ts';
import type { Phase } from './phases.ts';
import type { TrainingState, ValidationRecord } from './state.ts';

/**
 * Optimiser steps below which a model with random weights is still close to them: Adam moves a weight by at most about
 * the learning rate a step, 0.1 in 100 steps at 0.001.
 */
const FEWEST_STEPS = 100;

export interface Trained {
  readonly state: Pick<TrainingState, 'history' | 'best' | 'step'>;
  readonly phases: readonly Phase[];
  readonly ending: Ending;
}

/** An untrained model (`epochs: 0`) was asked for as a baseline and is not warned of. */
export function trainingWarnings(trained: Trained): StageWarning[] {
  if (trained.state.step === 0) return [];
  const found = [
    fewSteps(trained),
    notLearning(trained),
    bestFirst(trained),
    laterSetsWorse(trained),
    cutShort(trained),
  ];
  return found.filter((warning) => warning !== undefined);
}

function fewSteps({ state: { step, history }, phases, ending }: Trained): StageWarning | undefined {
  if (step >= FEWEST_STEPS) return undefined;
  const parameter = parameterOf(ending);
  return {
    message: `only ${step} optimiser ${step === 1 ? 'step' : 'steps'} in all; a model needs hundreds`,
    cause:
      parameter === 'epochs'
        ? `${batchesText(phases)}, ${plural(history.at(-1)!.epoch, 'epoch')}.`
        : `Training stopped at \`${parameter}\`.`,
    hint:
      parameter === 'max_steps'
        ? 'Raise `max_steps`.'
        : `Raise \`${parameter}\`, lower \`batch_size\`, or mine more triplets with \`triplets_per_positive\`.`,
    parameter,
  };
}

const parameterOf = ({ by }: Ending): string => (by === 'auto' ? 'epochs' : by);

function batchesText(phases: readonly Phase[]): string {
  const sets = phases.flatMap((phase) => phase.sets);
  return sets.map(({ triplets, batchSize }) => `${triplets} triplets in batches of ${batchSize}`).join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Of the last phase, since losses on different sets are not comparable. A loss that is not a number is not below either. */
function notLearning({ state: { history } }: Trained): StageWarning | undefined {
  const { phase, loss: last } = history.at(-1)!;
  const [{ loss: first }, ...others] = history.filter((record) => record.phase === phase) as [
    ValidationRecord,
    ...ValidationRecord[],
  ];
  if (!Number.isFinite(last))
    return {
      message: `the loss is ${last}: training diverged`,
      cause: 'The steps are too large.',
      hint: 'Lower the learning rate, or set `max_grad_norm`.',
      parameter: 'optimizer.learning_rate',
    };
  if (others.length === 0 || last < first) return undefined;
  return {
    message: `the loss did not fall: ${first.toFixed(4)} before the first validation, ${last.toFixed(4)} before the last`,
    cause: 'The learning rate is too high or far too low, or the triplets contradict each other.',
    hint: 'Try a learning rate ten times lower, then ten times higher.',
    parameter: 'optimizer.learning_rate',
  };
}

function bestFirst({ state: { history, best } }: Trained): StageWarning | undefined {
  if (history.length < 2 || best?.step !== history[0]!.step) return undefined;
  return {
    message: `the first of ${history.length} validations is the best: more training made the model worse`,
    cause:
      'The model overfits a small training set, the learning rate is too high, or there are too few validation queries to tell.',
    hint: 'Lower the learning rate, mine harder negatives, or use more validation queries.',
    parameter: 'optimizer.learning_rate',
  };
}

function laterSetsWorse({ state: { best }, phases }: Trained): StageWarning | undefined {
  if (best === undefined || best.phase === phases.length - 1) return undefined;
  return {
    message: `the best validation is that of set ${best.phase + 1} of ${phases.length}: the later sets did not improve the model`,
    cause: 'The later sets are small or noisy, or the steps on them are too large.',
    hint: 'Lower the learning rate, give the later sets more steps with `triplet_sets.weights`, or mix the sets.',
    parameter: 'triplet_sets',
  };
}

function cutShort({ ending, state: { step } }: Trained): StageWarning | undefined {
  if (!ending.lastGain) return undefined;
  const { from, to } = ending.lastGain;
  const parameter = parameterOf(ending);
  return {
    message:
      `training ended after ${step} steps while it was still improving: validation MRR@10 rose from ` +
      `${from.toFixed(3)} to ${to.toFixed(3)} in the last fifth`,
    cause:
      ending.by === 'auto'
        ? 'The automatic budget is too small here.'
        : `Training stopped at \`${parameter}\`.`,
    hint:
      parameter === 'epochs' ? 'Set `epochs` to a number that gives more steps.' : `Raise \`${parameter}\`.`,
    parameter,
  };
}
