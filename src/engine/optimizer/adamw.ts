/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization") over dense weights, as TensorFlow.js
 * ops: m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η(m̂ / (√v̂ + ε) + λw). Biases and other vectors do not decay.
 */
import * as tf from '@tensorflow/tfjs-core';
import { power } from '../../base/math.ts';
import type { Tensor } from '../../formats/safetensors.ts';
import type { AdamStep } from '../kernels/adam-step.ts';

/** By the names of the weights. */
export type Gradients = ReadonlyMap<string, tf.Tensor | Float32Array>;

export interface DenseOptimizer {
  /** The sum of squares of each gradient, in the order of the weights; 0 for a weight without one. */
  squares(gradients: Gradients): number[];
  step(gradients: Gradients, options: AdamStep): void;
  /** Copies of the moments: `<weight>.m`, `<weight>.v`. */
  state(): Map<string, Tensor<Float32Array>>;
  restore(state: ReadonlyMap<string, Tensor<Float32Array>>): void;
  /** Back to moments of zero, as for the first step. */
  reset(): void;
  dispose(): void;
}

export function adamW(weights: ReadonlyMap<string, tf.Variable>): DenseOptimizer {
  const zeros = (suffix: string): Map<string, tf.Variable> =>
    new Map(
      [...weights].map(([name, { shape }]) => [`${name}.${suffix}`, tf.variable(tf.zeros(shape), false)]),
    );
  const moments = new Map([...zeros('m'), ...zeros('v')]);
  return {
    squares: (gradients) =>
      tf.tidy(() =>
        [...weights].map(([name, weight]) => {
          const gradient = gradients.get(name);
          return gradient ? tf.sum(tf.square(tensorOf(gradient, weight))).dataSync()[0]! : 0;
        }),
      ),
    step: (gradients, options) => {
      for (const [name, weight] of weights) {
        const gradient = gradients.get(name);
        if (gradient)
          stepWeight(weight, gradient, moments.get(`${name}.m`)!, moments.get(`${name}.v`)!, options);
      }
    },
    state: () =>
      new Map(
        [...moments].map(([name, moment]) => [
          name,
          { shape: moment.shape, data: Float32Array.from(moment.dataSync()) },
        ]),
      ),
    restore: (state) => {
      for (const [name, variable] of moments) assignTo(variable, state.get(name)!.data);
    },
    reset: () => {
      for (const variable of moments.values()) assignTo(variable, new Float32Array(variable.size));
    },
    dispose: () => {
      for (const variable of moments.values()) variable.dispose();
    },
  };
}

const tensorOf = (gradient: tf.Tensor | Float32Array, { shape }: tf.Variable): tf.Tensor =>
  gradient instanceof Float32Array ? tf.tensor(gradient, shape) : gradient;

function assignTo(variable: tf.Variable, data: Float32Array): void {
  tf.tidy(() => {
    variable.assign(tf.tensor(data.slice(), variable.shape));
  });
}

/** Biases and other vectors do not. */
export const decays = (weight: tf.Variable): boolean => weight.rank > 1;

function stepWeight(
  weight: tf.Variable,
  gradient: tf.Tensor | Float32Array,
  m: tf.Variable,
  v: tf.Variable,
  { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }: AdamStep,
): void {
  const decay = decays(weight) ? weightDecay : 0;
  tf.tidy(() => {
    const given = tensorOf(gradient, weight);
    const g = scale === 1 ? given : tf.mul(given, scale);
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
    const root = tf.sqrt(tf.mul(v, 1 / (1 - power(beta2, step))));
    const update = tf.div(tf.mul(m, learningRate / (1 - power(beta1, step))), tf.add(root, epsilon));
    weight.assign(tf.sub(decay === 0 ? weight : tf.mul(weight, 1 - learningRate * decay), update));
  });
}
