/** An embedding table in plain JavaScript, for backends whose recurrent layers are composed of ordinary ops. */
import { power } from '../../base/math.ts';
import type { EmbeddingTable, TableStep } from './table.ts';

export interface PlainTable extends EmbeddingTable {
  /** Copies the rows of `ids` one after the other. */
  lookup(ids: Uint32Array): Float32Array;
  /** Adds to the gradients of the rows of `ids`, in order. gradient: [ids, dimensions] */
  gather(ids: Uint32Array, gradient: Float32Array): void;
}

export function createPlainTable(rows: number, dimensions: number): PlainTable {
  const values = new Float32Array(rows * dimensions);
  const moments = new Float32Array(2 * rows * dimensions);
  const gradients = new Map<number, Float32Array>();
  const touched = (): number[] => [...gradients.keys()].sort((a, b) => a - b);
  return {
    rows,
    dimensions,
    read: () => values.slice(),
    write: (given) => {
      values.set(given);
    },
    lookup: (ids) => {
      const found = new Float32Array(ids.length * dimensions);
      ids.forEach((id, i) => {
        found.set(values.subarray(id * dimensions, (id + 1) * dimensions), i * dimensions);
      });
      return found;
    },
    gather: (ids, gradient) => {
      ids.forEach((id, i) => {
        let sum = gradients.get(id);
        if (!sum) gradients.set(id, (sum = new Float32Array(dimensions)));
        for (let d = 0; d < dimensions; d++) sum[d]! += gradient[i * dimensions + d]!;
      });
    },
    gradientSquares: () =>
      touched().reduce((sum, id) => gradients.get(id)!.reduce((s, g) => s + g * g, sum), 0),
    step: (options) => {
      for (const id of touched())
        stepRow(values, moments, id * dimensions, rows * dimensions, gradients.get(id)!, options);
      gradients.clear();
    },
    readMoments: () => moments.slice(),
    writeMoments: (given) => {
      moments.set(given);
    },
    dispose: () => {
      gradients.clear();
    },
  };
}

/** One row of AdamW; `second` is where the second moments begin. */
function stepRow(
  values: Float32Array,
  moments: Float32Array,
  start: number,
  second: number,
  gradient: Float32Array,
  { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }: TableStep,
): void {
  const correction1 = 1 - power(beta1, step);
  const correction2 = 1 - power(beta2, step);
  for (let d = 0; d < gradient.length; d++) {
    const i = start + d;
    const g = gradient[d]! * scale;
    const m = (moments[i] = beta1 * moments[i]! + (1 - beta1) * g);
    const v = (moments[second + i] = beta2 * moments[second + i]! + (1 - beta2) * g * g);
    const update = m / correction1 / (Math.sqrt(v / correction2) + epsilon);
    values[i] = values[i]! - learningRate * (update + weightDecay * values[i]!);
  }
}
