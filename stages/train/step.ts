/** One training step: loss and gradients of a batch, gradient clipping, AdamW. The loop over steps is in trainer.ts. */
import { random } from '../../src/base/random.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import type { DenseOptimizer, Gradients } from '../../src/engine/optimizer/adamw.ts';
import { scheduleFactor } from '../../src/engine/optimizer/schedule.ts';
import type { Pass } from '../../src/engine/backends/recurrent-op.ts';
import type { TrainingBatch } from '../../src/engine/backends/two-towers.ts';
import { PipelineError } from '../../src/stage.ts';
import type { Batch } from './batch.ts';
import type { TrainParams } from './parameters.ts';

export interface StepFigures {
  readonly loss: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** Steps count from 1. */
export interface StepNumber {
  readonly inTraining: number;
  /** For the schedule and the optimiser, which begin anew with each phase. */
  readonly inPhase: number;
  readonly ofPhase: number;
}

export interface Stepper {
  readonly optimizer: DenseOptimizer;
  /** Updates the weights. */
  step(batch: Batch, at: StepNumber): StepFigures;
  dispose(): void;
}

export function createStepper(model: Model, params: TrainParams): Stepper {
  const optimizer = model.optimizer();

  const step = (batch: Batch, { inTraining, inPhase, ofPhase }: StepNumber): StepFigures => {
    const learningRate = params.optimizer.learning_rate * scheduleFactor(params.schedule, inPhase, ofPhase);
    const made = model.gradients(trainingBatch(params, batch, inTraining), params.loss);
    const { loss, gradients } = made;
    const figures = {
      loss,
      gradientNorm: normOf(gradients, model, optimizer),
      learningRate,
    };
    checkFigures(figures, inTraining);
    apply(model, optimizer, gradients, params, figures, inPhase);
    made.release();
    return figures;
  };
  return {
    optimizer,
    step,
    dispose: () => {
      optimizer.dispose();
    },
  };
}

function trainingBatch(params: TrainParams, batch: Batch, step: number): TrainingBatch {
  const pass = (side: string): Pass => ({
    training: true,
    dropout: { input: params.encoder.dropout.embedding, output: params.encoder.dropout.output },
    seed: random(params.seed, `dropout ${side} ${step}`).uint32(),
    tableTrainable: params.embeddings.trainable,
  });
  return {
    queries: batch.queries,
    documents: batch.documents,
    passes: { query: pass('query'), document: pass('document') },
    targets: {
      positive: batch.positive,
      negatives: batch.negatives,
      negativesPerQuery: batch.negatives.length / batch.size,
      teacherMargins: batch.teacherMargins,
      allowed: batch.allowed,
    },
  };
}

function normOf(gradients: Gradients, model: Model, optimizer: DenseOptimizer): number {
  const ofTable = model.table.gradientSquares();
  return Math.sqrt(optimizer.squares(gradients).reduce((sum, squares) => sum + squares, ofTable));
}

function apply(
  model: Model,
  optimizer: DenseOptimizer,
  gradients: Gradients,
  { optimizer: adam, max_grad_norm: limit, embeddings }: TrainParams,
  { gradientNorm, learningRate }: StepFigures,
  step: number,
): void {
  const options = {
    learningRate,
    beta1: adam.betas[0],
    beta2: adam.betas[1],
    epsilon: adam.epsilon,
    weightDecay: adam.weight_decay,
    scale: limit !== null && gradientNorm > limit ? limit / gradientNorm : 1,
    step,
  };
  optimizer.step(gradients, options);
  if (embeddings.trainable)
    model.table.step({ ...options, learningRate: learningRate * embeddings.learning_rate_factor });
}

/** No loss reaches this while a model is learning, not even the squared errors of margin-MSE. */
const EXPLODED = 1e8;

function checkFigures({ loss, gradientNorm, learningRate }: StepFigures, step: number): void {
  const fine = Number.isFinite(loss) && Math.abs(loss) < EXPLODED && Number.isFinite(gradientNorm);
  if (fine) return;
  const what = !Number.isFinite(loss)
    ? `the loss is ${loss}`
    : !Number.isFinite(gradientNorm)
      ? `the gradient norm is ${gradientNorm}`
      : `the loss has grown to ${loss.toExponential(2)}`;
  throw new PipelineError('E_DIVERGED', `training diverged at step ${step}: ${what}`, {
    hint:
      `The likely cause is the learning rate, ${learningRate} at this step: lower \`optimizer.learning_rate\`, warm ` +
      'up with `schedule.warmup_ratio: 0.1`, or lower `max_grad_norm`. If the first step fails, check that the word ' +
      'vectors are finite.',
  });
}
