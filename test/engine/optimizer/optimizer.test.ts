import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { adamW } from '../../../src/engine/optimizer/adamw.ts';
import { weightAverage } from '../../../src/engine/optimizer/weight-average.ts';
import { scheduleFactor } from '../../../src/engine/optimizer/schedule.ts';
import { createPlainTable } from '../../../src/engine/backends/plain-table.ts';
import { embeddedEngine } from '../embedded.ts';
import { values } from '../fixtures.ts';

const OPTIONS = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05 };

/** torch.optim.AdamW as its documentation states it, in doubles. */
function reference(weight: Float64Array, gradients: readonly Float32Array[], scale: number): Float64Array {
  const [m, v] = [new Float64Array(weight.length), new Float64Array(weight.length)];
  const { learningRate, beta1, beta2, epsilon, weightDecay } = OPTIONS;
  gradients.forEach((gradient, t) => {
    gradient.forEach((raw, i) => {
      const g = raw * scale;
      weight[i]! -= learningRate * weightDecay * weight[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const mean = m[i] / (1 - beta1 ** (t + 1));
      const square = v[i] / (1 - beta2 ** (t + 1));
      weight[i]! -= (learningRate * mean) / (Math.sqrt(square) + epsilon);
    });
  });
  return weight;
}

describe('AdamW', () => {
  embeddedEngine();

  it('updates dense weights like PyTorch, and resumes from a saved state with the same bits', () => {
    const source = random(1, 'adam');
    const start = values(6, 1, source);
    const gradients = Array.from({ length: 5 }, () => values(6, 1, source));
    const weight = tf.variable(tf.tensor2d(start.slice(), [2, 3]));
    const weights = new Map([['w', weight]]);
    let optimizer = adamW(weights);
    gradients.forEach((gradient, t) => {
      if (t === 3) {
        const state = optimizer.state();
        optimizer.dispose();
        optimizer = adamW(weights);
        optimizer.restore(state);
      }
      optimizer.step(new Map([['w', tf.tensor2d(gradient, [2, 3])]]), {
        ...OPTIONS,
        scale: 0.5,
        step: t + 1,
      });
    });
    const wanted = reference(Float64Array.from(start), gradients, 0.5);
    weight.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 5);
    });
  });

  it('does not decay biases', () => {
    const weight = tf.variable(tf.tensor1d([2]));
    adamW(new Map([['bias', weight]])).step(new Map([['bias', tf.tensor1d([0])]]), {
      ...OPTIONS,
      scale: 1,
      step: 1,
    });
    expect(weight.dataSync()[0]).toBe(2);
  });

  it('updates only the rows of a table that a batch has touched', () => {
    const table = createPlainTable(3, 2);
    const start = values(6, 1, random(2, 'table'));
    table.write(start);
    const gradients = [values(2, 1, random(3, 'table')), values(2, 1, random(4, 'table'))];
    gradients.forEach((gradient, t) => {
      // The row occurs twice in the batch: its gradients add up.
      table.gather(Uint32Array.of(1, 1), Float32Array.of(...gradient, ...gradient));
      table.step({ ...OPTIONS, scale: 0.5, step: t + 1 });
    });
    const moved = reference(Float64Array.from(start.subarray(2, 4)), gradients, 1);
    const result = table.read();
    expect(result.slice(0, 2)).toEqual(start.slice(0, 2));
    expect(result[2]).toBeCloseTo(moved[0]!, 5);
    expect(result[3]).toBeCloseTo(moved[1]!, 5);
    expect(result.slice(4)).toEqual(start.slice(4));
  });
});

describe('the learning rate', () => {
  it('rises during warm-up, then is constant or decays linearly or by a cosine', () => {
    const of = (name: 'constant' | 'linear' | 'cosine'): number[] =>
      Array.from({ length: 10 }, (_, i) => scheduleFactor({ name, warmup_ratio: 0.2 }, i + 1, 10));
    expect(of('constant')).toEqual([1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1, 1, 1]);
    of('linear').forEach((factor, i) => {
      expect(factor).toBeCloseTo(i < 2 ? (i + 1) / 3 : 1 - (i - 2) / 8, 12);
    });
    of('cosine').forEach((factor, i) => {
      expect(factor).toBeCloseTo(i < 2 ? (i + 1) / 3 : (1 + Math.cos((Math.PI * (i - 2)) / 8)) / 2, 12);
    });
  });
});

describe('the moving average of the weights', () => {
  it('stays if the weights stay, and follows them if they change', () => {
    const average = weightAverage(0.9);
    const at = (value: number) => new Map([['w', { shape: [1], data: Float32Array.of(value) }]]);
    expect(average.weights()).toBeUndefined();
    average.update(at(1), 10);
    for (let step = 20; step <= 100; step += 10) average.update(at(1), step);
    expect(average.weights()!.get('w')!.data[0]).toBe(1);
    average.update(at(2), 1000);
    // 0.9¹⁰ = 0.3487 of the old mean is kept.
    expect(average.weights()!.get('w')!.data[0]).toBeCloseTo(2 - 0.9 ** 10, 5);
  });
});
