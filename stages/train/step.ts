/** One training step: loss and gradients of a batch, gradient clipping, AdamW. The loop over steps is in trainer.ts. */
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../src/base/random.ts';
import { lossFor } from '../../src/engine/losses/loss-for.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import type { DenseOptimizer } from '../../src/engine/optimizer/adamw.ts';
import { scheduleFactor } from '../../src/engine/optimizer/schedule.ts';
import { tableAnchor, type Pass } from '../../src/engine/backends/recurrent-op.ts';
import { similarities } from '../../src/engine/model/similarity.ts';
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
  const loss = lossFor(params.loss);
  const names = new Map([...model.dense].map(([name, variable]) => [variable.name, name]));

  const step = (batch: Batch, { inTraining, inPhase, ofPhase }: StepNumber): StepFigures => {
    const learningRate = params.optimizer.learning_rate * scheduleFactor(params.schedule, inPhase, ofPhase);
    const { value, grads } = tf.variableGrads(
      () => batchLoss(model, params, loss, batch, inTraining),
      [...model.dense.values(), tableAnchor()],
    );
    const gradients = new Map(
      Object.entries(grads).flatMap(([variable, gradient]) => {
        const name = names.get(variable);
        return name === undefined ? [] : [[name, gradient] as const];
      }),
    );
    const figures = {
      loss: value.dataSync()[0]!,
      gradientNorm: normOf(gradients, model, optimizer),
      learningRate,
    };
    value.dispose();
    checkFigures(figures, inTraining);
    apply(model, optimizer, gradients, params, figures, inPhase);
    tf.dispose(grads);
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

function batchLoss(
  model: Model,
  params: TrainParams,
  loss: ReturnType<typeof lossFor>,
  batch: Batch,
  step: number,
): tf.Scalar {
  const pass = (side: string): Pass => ({
    training: true,
    dropout: { input: params.encoder.dropout.embedding, output: params.encoder.dropout.output },
    seed: random(params.seed, `dropout ${side} ${step}`).uint32(),
    tableTrainable: params.embeddings.trainable,
  });
  const queries = model.encode('query', batch.queries, pass('query'));
  const documents = model.encode('document', batch.documents, pass('document'));
  return loss({
    scores: similarities(queries, documents, params.loss.distance),
    positive: batch.positive,
    negatives: batch.negatives,
    negativesPerQuery: batch.negatives.length / batch.size,
    teacherMargins: batch.teacherMargins,
    allowed: tf.tensor2d(batch.allowed, [batch.size, batch.columns]),
  });
}

function normOf(gradients: ReadonlyMap<string, tf.Tensor>, model: Model, optimizer: DenseOptimizer): number {
  const ofTable = model.table.gradientSquares();
  return Math.sqrt(optimizer.squares(gradients).reduce((sum, squares) => sum + squares, ofTable));
}

function apply(
  model: Model,
  optimizer: DenseOptimizer,
  gradients: ReadonlyMap<string, tf.Tensor>,
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
