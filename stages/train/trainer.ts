/** The training loop: phases, validation, the best weights, early stopping and checkpoints. One step is in step.ts. */
import { setImmediate } from 'node:timers/promises';
import type { Model } from '../../src/engine/model/training-model.ts';
import { weightAverage, type Average } from '../../src/engine/optimizer/weight-average.ts';
import type { ModelWeights } from '../../src/formats/model.ts';
import type { StageContext } from '../../src/stage.ts';
import { batchOrder } from './batch-order.ts';
import { makeBatch } from './batch.ts';
import { openCheckpoints, resumeFrom, type Checkpoints, type Trained } from './checkpoint.ts';
import type { Dataset } from './dataset.ts';
import type { TrainParams } from './parameters.ts';
import type { Phase } from './phases.ts';
import { logValidation, reportStep, reportValidation } from './progress.ts';
import { freshSums, type TrainingState, type ValidationRecord } from './state.ts';
import { createStepper, type StepFigures, type Stepper } from './step.ts';
import { openSearch, validate, type ValidationFigures, type ValidationSet } from './validation.ts';

export interface Training {
  readonly context: Pick<
    StageContext<TrainParams>,
    'params' | 'threads' | 'resume' | 'signal' | 'progress' | 'log'
  >;
  readonly model: Model;
  readonly dataset: Dataset;
  /** Executed in order. */
  readonly phases: readonly Phase[];
  /** Undefined if there are no validation queries: the last weights are kept. */
  readonly validation: ValidationSet | undefined;
  /** The most work between two checkpoints. */
  readonly checkpointEveryMs: number;
}

export interface TrainingResult {
  readonly weights: ModelWeights;
  readonly state: TrainingState;
}

export async function train(training: Training): Promise<TrainingResult> {
  const { context, model, phases, dataset } = training;
  const { params, resume, signal } = context;
  const stepper = createStepper(model, params);
  const average = weightAverage(params.ema_decay);
  const parts = { model, optimizer: stepper.optimizer, average };
  const state = resumeFrom(resume, parts, dataset.sets.length);
  if (state.step > 0) context.log(`resuming from step ${state.step}`);
  const checkpoints = openCheckpoints(resume, parts, training.checkpointEveryMs);
  try {
    for (;;) {
      await runPhase(training, state, stepper, parts, checkpoints);
      if (state.phase + 1 === phases.length) break;
      startNextPhase(state, parts);
      await checkpoints.saveIfDue(state);
    }
  } catch (error) {
    // Aborted, not failed: the next run resumes from here.
    if (signal.aborted) await checkpoints.save(state);
    throw error;
  } finally {
    stepper.dispose();
    await checkpoints.settle();
  }
  return { weights: state.best?.weights ?? finalWeights(model, params, average), state };
}

async function runPhase(
  training: Training,
  state: TrainingState,
  stepper: Stepper,
  parts: Trained,
  checkpoints: Checkpoints,
): Promise<void> {
  const { context, phases } = training;
  const { steps } = phases[state.phase]!;
  if (steps === 0 && state.history.length === 0) await finishInterval(training, state, parts.average);
  // A checkpoint may fall between the last step before a validation and the validation.
  while (state.sums.steps > 0 || (state.phaseStep < steps && !outOfPatience(state, context.params))) {
    await runInterval(training, state, stepper, parts, checkpoints);
    await finishInterval(training, state, parts.average);
    if (state.phaseStep < steps) await checkpoints.saveIfDue(state);
  }
}

/** Each phase is a training of its own that starts from the best weights so far. */
function startNextPhase(state: TrainingState, { model, optimizer, average }: Trained): void {
  if (state.best) model.assign(state.best.weights);
  optimizer.reset();
  const { m, v } = model.table.readMoments();
  model.table.writeMoments({ m: m.fill(0), v: v.fill(0) });
  average.restore(undefined);
  Object.assign(state, { phase: state.phase + 1, phaseStep: 0, phaseTriplets: 0, phaseBest: -1, stale: 0 });
}

/** The steps up to the next validation. */
async function runInterval(
  { context, dataset, phases }: Training,
  state: TrainingState,
  stepper: Stepper,
  parts: Trained,
  checkpoints: Checkpoints,
): Promise<void> {
  const { params, signal } = context;
  const phase = phases[state.phase]!;
  const order = batchOrder(phase, params.seed, state.phaseStep);
  while (!isDue(state, phase)) {
    await setImmediate();
    signal.throwIfAborted();
    const draw = order.next().value;
    const batch = makeBatch(dataset, draw);
    const figures = stepper.step(batch, {
      inTraining: state.step + 1,
      inPhase: state.phaseStep + 1,
      ofPhase: phase.steps,
    });
    count(state, draw.set, batch.size, figures);
    if (params.ema_decay > 0 && parts.average.due(state.phaseStep))
      parts.average.update(parts.model.weights(), state.phaseStep);
    reportStep(context, state, phases);
    await checkpoints.saveIfDue(state);
  }
}

function isDue({ sums, phaseStep }: TrainingState, { validateEvery, steps }: Phase): boolean {
  return sums.steps > 0 && (phaseStep % validateEvery === 0 || phaseStep === steps);
}

function count(state: TrainingState, set: number, triplets: number, figures: StepFigures): void {
  const { sums } = state;
  state.step += 1;
  state.phaseStep += 1;
  state.phaseTriplets += triplets;
  state.learningRate = figures.learningRate;
  sums.steps += 1;
  sums.norm += figures.gradientNorm;
  for (const each of [sums, sums.sets[set]!]) {
    each.loss += figures.loss * triplets;
    each.triplets += triplets;
  }
}

/** Validates, keeps the best weights, and records the steps since the last validation. */
async function finishInterval(training: Training, state: TrainingState, average: Average): Promise<void> {
  const { context, model, phases, validation } = training;
  const own = context.params.ema_decay > 0 && average.weights() ? model.weights() : undefined;
  let figures: ValidationFigures | null = null;
  try {
    if (own) model.assign(average.weights()!);
    figures = validation ? await judged(training, validation, state) : null;
    if (figures) judge(state, figures['mrr@10'], model);
  } finally {
    // Also after an abort: the checkpoint must contain the weights, not their average.
    if (own) model.assign(own);
  }
  const record = recordOf(state, phases, figures);
  state.history.push(record);
  if (state.step > 0) logValidation(context, record, phases);
  state.sums = freshSums(state.sums.sets.length);
}

function judge(state: TrainingState, mrr: number, model: Model): void {
  const { phase, step } = state;
  if (mrr > (state.best?.mrr ?? -1)) state.best = { phase, step, mrr, weights: model.weights() };
  const better = mrr > state.phaseBest;
  state.stale = better ? 0 : state.stale + 1;
  if (better) state.phaseBest = mrr;
}

function recordOf(
  { phase, phaseStep, step, sums, learningRate }: TrainingState,
  phases: readonly Phase[],
  validation: ValidationFigures | null,
): ValidationRecord {
  const epochs = phaseStep / phases[phase]!.epochSteps;
  const mean = ({ loss, triplets }: { loss: number; triplets: number }): number | null =>
    triplets === 0 ? null : loss / triplets;
  return {
    ...(phases.length > 1 && { phase: phase + 1 }),
    epoch: Math.round(100 * epochs) / 100,
    step,
    loss: mean(sums) ?? 0,
    ...(sums.sets.length > 1 && { losses: sums.sets.map(mean) }),
    learning_rate: learningRate,
    gradient_norm: sums.steps === 0 ? 0 : sums.norm / sums.steps,
    validation,
  };
}

async function judged(
  { context, model, dataset, phases }: Training,
  set: ValidationSet,
  state: TrainingState,
): Promise<ValidationFigures> {
  const total = set.documents.length + set.queries.length;
  const kernels = await openSearch(set, model, context.threads);
  try {
    for (const steps = validate(model, set, dataset, kernels); ;) {
      await setImmediate();
      context.signal.throwIfAborted();
      const next = steps.next();
      if (next.done) return next.value;
      reportValidation(context, state, phases, { done: next.value, total });
    }
  } finally {
    kernels?.dispose();
  }
}

export function outOfPatience(
  { stale }: Pick<TrainingState, 'stale'>,
  { patience }: Pick<TrainParams, 'patience'>,
): boolean {
  return patience !== null && stale >= patience;
}

function finalWeights(model: Model, { ema_decay }: TrainParams, average: Average): ModelWeights {
  return (ema_decay > 0 ? average.weights() : undefined) ?? model.weights();
}
