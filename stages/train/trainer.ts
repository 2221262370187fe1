/** The training loop: epochs, validation, the best epoch, early stopping and checkpoints. One step is in step.ts. */
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import { weightAverage, type Average } from '../../src/engine/optimizer/weight-average.ts';
import type { ModelWeights } from '../../src/formats/model.ts';
import type { StageContext } from '../../src/stage.ts';
import { epochBatches, makeBatch } from './batch.ts';
import { resumeFrom, writeCheckpoint, type Trained } from './checkpoint.ts';
import type { Dataset } from './dataset.ts';
import type { TrainParams } from './parameters.ts';
import type { EpochRecord, TrainingState } from './state.ts';
import { createStepper, type Stepper } from './step.ts';
import { logEpoch, reportStep, reportValidation } from './progress.ts';
import { validate, type ValidationFigures, type ValidationSet } from './validation.ts';

export interface Training {
  readonly context: Pick<StageContext<TrainParams>, 'params' | 'resume' | 'signal' | 'progress' | 'log'>;
  readonly model: Model;
  readonly dataset: Dataset;
  /** Undefined if there are no validation queries: the last epoch is kept. */
  readonly validation: ValidationSet | undefined;
  /** The most work that is lost when the process is killed. */
  readonly checkpointEveryMs: number;
}

export interface TrainingResult {
  readonly weights: ModelWeights;
  readonly state: TrainingState;
}

export async function train(training: Training): Promise<TrainingResult> {
  const { params, resume, signal } = training.context;
  const batchesPerEpoch = Math.ceil(training.dataset.triplets.query.length / params.batch_size);
  const steps = Math.min(params.max_steps ?? Infinity, params.epochs * batchesPerEpoch);
  const stepper = createStepper(training.model, params, steps);
  const average = weightAverage(params.ema_decay);
  const parts = { model: training.model, optimizer: stepper.optimizer, average };
  const state = resumeFrom(resume, parts);
  if (state.step > 0) training.context.log(`resuming from step ${state.step}`);
  try {
    if (steps === 0) await finishEpoch(training, state, average);
    // A checkpoint may fall between the last step of an epoch and its validation.
    while (state.batch > 0 || (state.step < steps && !outOfPatience(state, params))) {
      await runEpoch(training, state, stepper, parts, steps);
      await finishEpoch(training, state, average);
      if (state.step < steps) writeCheckpoint(resume, state, parts);
    }
  } catch (error) {
    // Aborted, not failed: the next run resumes from here.
    if (signal.aborted) writeCheckpoint(resume, state, parts);
    throw error;
  } finally {
    stepper.dispose();
  }
  return { weights: state.best?.weights ?? finalWeights(training.model, params, average), state };
}

async function runEpoch(
  { context, dataset, checkpointEveryMs }: Training,
  state: TrainingState,
  stepper: Stepper,
  parts: Trained,
  steps: number,
): Promise<void> {
  const { params, resume, signal } = context;
  const triplets = dataset.triplets.query.length;
  const batches = epochBatches(triplets, params.batch_size, params.seed, state.epoch + 1);
  let saved = monotonic();
  while (state.batch < batches.length && state.step < steps) {
    await setImmediate();
    signal.throwIfAborted();
    const batch = makeBatch(dataset, batches[state.batch]!);
    const figures = stepper.step(batch, state.step + 1);
    state.step += 1;
    state.batch += 1;
    state.lossSum += figures.loss * batch.size;
    state.triplets += batch.size;
    state.normSum += figures.gradientNorm;
    state.learningRate = figures.learningRate;
    if (params.ema_decay > 0 && parts.average.due(state.step))
      parts.average.update(parts.model.weights(), state.step);
    reportStep(context, state, triplets);
    if (monotonic() - saved < checkpointEveryMs) continue;
    writeCheckpoint(resume, state, parts);
    saved = monotonic();
  }
}

/** Validates, keeps the best weights, and resets the state for the next epoch. */
async function finishEpoch(training: Training, state: TrainingState, average: Average): Promise<void> {
  const { context, model, validation } = training;
  const { params } = context;
  const epoch = params.epochs === 0 ? 0 : state.epoch + 1;
  const own = params.ema_decay > 0 && average.weights() ? model.weights() : undefined;
  let figures: ValidationFigures | null = null;
  try {
    if (own) model.assign(average.weights()!);
    figures = validation ? await judged(training, validation, state) : null;
    const mrr = figures?.['mrr@10'];
    if (mrr !== undefined && mrr > (state.best?.mrr ?? -1))
      state.best = { epoch, mrr, weights: model.weights() };
  } finally {
    // Also after an abort: the checkpoint must contain the weights, not their average.
    if (own) model.assign(own);
  }
  const record: EpochRecord = {
    epoch,
    step: state.step,
    loss: state.triplets === 0 ? 0 : state.lossSum / state.triplets,
    learning_rate: state.learningRate,
    gradient_norm: state.batch === 0 ? 0 : state.normSum / state.batch,
    validation: figures,
  };
  state.history.push(record);
  if (epoch > 0) logEpoch(context, record);
  Object.assign(state, { epoch, batch: 0, lossSum: 0, triplets: 0, normSum: 0 });
}

async function judged(
  { context, model, dataset }: Training,
  set: ValidationSet,
  state: TrainingState,
): Promise<ValidationFigures> {
  const total = set.documents.length + set.queries.length;
  for (const steps = validate(model, set, dataset); ;) {
    await setImmediate();
    context.signal.throwIfAborted();
    const next = steps.next();
    if (next.done) return next.value;
    reportValidation(context, state, dataset.triplets.query.length, { done: next.value, total });
  }
}

function outOfPatience({ best, epoch }: TrainingState, { patience }: TrainParams): boolean {
  return patience !== null && best !== undefined && epoch - best.epoch >= patience;
}

function finalWeights(model: Model, { ema_decay }: TrainParams, average: Average): ModelWeights {
  return (ema_decay > 0 ? average.weights() : undefined) ?? model.weights();
}
