/**
 * Running mean of the weights (Polyak and Juditsky 1992; as exponential average, Tarvainen and Valpola 2017):
 * a ← δa + (1 − δ)w. Taken every few steps with δ to that power: the table is large, and a mean over a thousand
 * steps does not see the difference.
 */
import { power } from '../../base/math.ts';
import type { ModelWeights } from '../../formats/model.ts';

const EVERY_STEPS = 10;

export interface Average {
  /** Whether this step is one that counts, from 1. */
  due(step: number): boolean;
  update(weights: ModelWeights, step: number): void;
  /** The mean, or undefined before the first update. */
  weights(): ModelWeights | undefined;
  restore(weights: ModelWeights | undefined): void;
}

export function weightAverage(decay: number): Average {
  let mean: ModelWeights | undefined;
  return {
    due: (step) => step % EVERY_STEPS === 0,
    update: (weights, step) => {
      if (!mean) {
        mean = weights;
        return;
      }
      // The decay is smaller early on, so that the initial weights do not dominate a short training.
      const keep = power(Math.min(decay, (1 + step) / (10 + step)), EVERY_STEPS);
      for (const [name, { data }] of weights) {
        const averaged = mean.get(name)!.data;
        for (let i = 0; i < data.length; i++) averaged[i] = keep * averaged[i]! + (1 - keep) * data[i]!;
      }
    },
    weights: () => mean,
    restore: (weights) => {
      mean = weights;
    },
  };
}
