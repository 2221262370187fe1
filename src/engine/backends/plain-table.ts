/** An embedding table in plain JavaScript, for backends whose recurrent layers are composed of ordinary ops. */
import { power } from '../../base/math.ts';
import type { AdamStep } from '../kernels/adam-step.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';
import type { RowSums } from '../kernels/embedding/gather-rows.ts';

type TableMoments = ReturnType<EmbeddingTable['readMoments']>;

export interface PlainTable extends EmbeddingTable {
  /** The values themselves, [rows, dimensions]. */
  view(): Float32Array;
  /** Copies the rows of `ids` one after the other. */
  lookup(ids: Uint32Array): Float32Array;
  /** Adds to the gradients of the rows of `ids`, in order. gradient: [ids, dimensions] */
  gather(ids: Uint32Array, gradient: Float32Array): void;
  /** The touched rows in the order in which they were first touched, and their gradients: [ids, dimensions]. */
  gathered(): { readonly ids: Uint32Array; readonly values: Float32Array };
}

export function createPlainTable(rows: number, dimensions: number): PlainTable {
  const values = new Float32Array(rows * dimensions);
  const moments: TableMoments = {
    m: new Float32Array(rows * dimensions),
    v: new Float32Array(rows * dimensions),
  };
  const gradients = new Map<number, Float32Array>();
  const touched = (): number[] => [...gradients.keys()].sort((a, b) => a - b);
  const table: PlainTable = {
    rows,
    dimensions,
    view: () => values,
    read: () => values.slice(),
    write: (given) => {
      values.set(given);
    },
    writeRows: (ids, rows) => {
      ids.forEach((id, i) => {
        values.set(rows.subarray(i * dimensions, (i + 1) * dimensions), id * dimensions);
      });
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
    gathered: () => {
      const ids = Uint32Array.from(gradients.keys());
      const rows = new Float32Array(ids.length * dimensions);
      ids.forEach((id, i) => {
        rows.set(gradients.get(id)!, i * dimensions);
      });
      return { ids, values: rows };
    },
    readGradient: () => {
      const all = new Float32Array(rows * dimensions);
      for (const [id, gradient] of gradients) all.set(gradient, id * dimensions);
      return all;
    },
    step: (options) => {
      for (const id of touched()) stepRow(values, moments, id * dimensions, gradients.get(id)!, options);
      gradients.clear();
    },
    clearGradient: () => {
      gradients.clear();
    },
    readMoments: () => ({ m: moments.m.slice(), v: moments.v.slice() }),
    writeMoments: ({ m, v }) => {
      moments.m.set(m);
      moments.v.set(v);
    },
    dispose: () => {
      gradients.clear();
    },
  };
  return table;
}

/** [groups, dimensions], adding in f32 as the kernels do. matrix: [·, dimensions] */
export function summed(
  matrix: Float32Array,
  { order, starts }: RowSums,
  dimensions: number,
): Float32Array<ArrayBuffer> {
  const groups = starts.length - 1;
  const sums = new Float32Array(groups * dimensions);
  for (let g = 0; g < groups; g++)
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      const from = order[i]! * dimensions;
      for (let d = 0; d < dimensions; d++) sums[g * dimensions + d]! += matrix[from + d]!;
    }
  return sums;
}

/** One row of AdamW. */
function stepRow(
  values: Float32Array,
  { m, v }: TableMoments,
  start: number,
  gradient: Float32Array,
  { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }: AdamStep,
): void {
  const correction1 = 1 - power(beta1, step);
  const correction2 = 1 - power(beta2, step);
  for (let d = 0; d < gradient.length; d++) {
    const i = start + d;
    const g = gradient[d]! * scale;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const update = m[i] / correction1 / (Math.sqrt(v[i] / correction2) + epsilon);
    values[i] = values[i]! - learningRate * (update + weightDecay * values[i]!);
  }
}
