/**
 * The recurrent encoder composed of ordinary TensorFlow.js ops: what the native backend computes with, and the
 * reference that the fused kernels are checked against. Rows are padded to the longest of the call; a mask keeps
 * padding out of states, pooling and gradients. B texts, T tokens, D inputs, H states, G gates.
 */
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../base/random.ts';
import { row, rowCount, type Ragged } from '../../formats/ragged.ts';
import { tableAnchor, type Pass, type RecurrentOp } from './recurrent-op.ts';
import type { PlainTable } from './plain-table.ts';
import type { Cell } from '../kernels/recurrent/cells/cell.ts';
import { cellOf } from '../kernels/recurrent/cells/registry.ts';
import { outputWidth, weightsEach, type RecurrentShape } from '../kernels/recurrent/shape.ts';
import { OPS } from '../ops.ts';

export function composedRecurrent(shape: RecurrentShape): RecurrentOp {
  return (texts, table, weights, pass) => {
    const padded = pad(texts);
    const embedded = lookup(padded, table as PlainTable, pass);
    const dropped = dropout(embedded, pass, 'input');
    const mask = tf.tensor3d(padded.mask, [padded.rows, padded.length, 1]);
    const cell = cellOf(shape.cell);
    const [states, last] = cell ? layers(dropped, mask, shape, cell, weights) : [dropped, undefined];
    const pooled = poolStates(states, last, mask, padded, shape, weights);
    return dropout(pooled, pass, 'output');
  };
}

interface Padded {
  readonly rows: number;
  /** At least 1, so that no tensor is empty. */
  readonly length: number;
  /** [rows · length], padding is 0. */
  readonly ids: Uint32Array;
  readonly mask: Float32Array;
  readonly lengths: Uint32Array;
}

function pad(texts: Ragged): Padded {
  const rows = rowCount(texts);
  const lengths = Uint32Array.from({ length: rows }, (_, i) => row(texts, i).length);
  const length = Math.max(1, ...lengths);
  const ids = new Uint32Array(rows * length);
  const mask = new Float32Array(rows * length);
  for (let i = 0; i < rows; i++) {
    ids.set(row(texts, i), i * length);
    mask.fill(1, i * length, i * length + lengths[i]!);
  }
  return { rows, length, ids, mask, lengths };
}

/** [B, T, D]. Its gradient goes into the table; the anchor is only there for autograd to find its way. */
function lookup({ rows, length, ids, mask }: Padded, table: PlainTable, pass: Pass): tf.Tensor3D {
  const shape: [number, number, number] = [rows, length, table.dimensions];
  const values = tf.tensor3d(table.lookup(ids), shape);
  if (!pass.training || !pass.tableTrainable) return values;
  const gather = tf.customGrad((anchor) => ({
    value: tf.add(values, tf.mul(anchor as tf.Tensor, 0)),
    gradFunc: (gradient: tf.Tensor) => {
      const real = Array.from(ids.keys()).filter((position) => mask[position] === 1);
      const data = gradient.dataSync() as Float32Array;
      const width = table.dimensions;
      const packed = new Float32Array(real.length * width);
      real.forEach((position, i) => {
        packed.set(data.subarray(position * width, (position + 1) * width), i * width);
      });
      table.gather(
        Uint32Array.from(real, (position) => ids[position]!),
        packed,
      );
      return tf.scalar(0);
    },
  }));
  return gather(tableAnchor()) as tf.Tensor3D;
}

function dropout<T extends tf.Tensor>(values: T, pass: Pass, where: 'input' | 'output'): T {
  const rate = pass.dropout[where];
  if (!pass.training || rate === 0) return values;
  const source = random(pass.seed, `dropout ${where}`);
  const scale = Float32Array.from({ length: values.size }, () =>
    source.uniform() < rate ? 0 : 1 / (1 - rate),
  );
  return tf.mul<T>(values, tf.tensor(scale, values.shape));
}

/** All layers: the states of the last [B, T, D] and its final states [B, D]. */
function layers(
  embedded: tf.Tensor3D,
  mask: tf.Tensor3D,
  shape: RecurrentShape,
  cell: Cell,
  weights: readonly tf.Tensor[],
): [tf.Tensor3D, tf.Tensor2D] {
  const each = weightsEach(shape);
  let next = 0;
  let states = embedded;
  let last: tf.Tensor2D | undefined;
  const masks = byStep(mask);
  for (let layer = 0; layer < shape.layers; layer++) {
    const directions = (shape.bidirectional ? [false, true] : [false]).map((backward) => {
      const own = weights.slice(next, (next += each));
      return direction(states, masks, shape.hidden, cell, own, backward);
    });
    states = tf.concat(
      directions.map(([all]) => all),
      2,
    );
    last = tf.concat(
      directions.map(([, final]) => final),
      1,
    );
  }
  return [states, last!];
}

/** [B, T, n] → T times [B, n]. The gradient of unstacking fails where there is one step only. */
function byStep(values: tf.Tensor3D): tf.Tensor2D[] {
  const [rows, length, width] = values.shape;
  return length === 1 ? [tf.reshape(values, [rows, width])] : (tf.unstack(values, 1) as tf.Tensor2D[]);
}

/** One direction of one layer. A masked step keeps the state, so that it ends with the last real token. */
function direction(
  inputs: tf.Tensor3D,
  masks: readonly tf.Tensor2D[],
  hidden: number,
  cell: Cell,
  [kernel, recurrent, ...biases]: readonly tf.Tensor[],
  backward: boolean,
): [tf.Tensor3D, tf.Tensor2D] {
  const [rows, length, width] = inputs.shape;
  const flat = tf.add(
    tf.matMul(tf.reshape(inputs, [rows * length, width]), kernel as tf.Tensor2D),
    biases[0]!,
  );
  const products = byStep(tf.reshape(flat, [rows, length, -1]));
  const weights = { recurrent: recurrent as tf.Tensor2D, biases };
  let states: readonly tf.Tensor2D[] = Array.from({ length: cell.states }, () => tf.zeros([rows, hidden]));
  const outputs: tf.Tensor2D[] = [];
  for (let step = 0; step < length; step++) {
    const t = backward ? length - 1 - step : step;
    const mask = masks[t]!;
    const before = states;
    states = cell
      .step(OPS, products[t]!, before, weights)
      .map((fresh, i) => tf.add(before[i]!, tf.mul(mask, tf.sub(fresh, before[i]!))));
    outputs[t] = tf.mul(states[0]!, mask);
  }
  return [tf.stack(outputs, 1) as tf.Tensor3D, states[0]!];
}

const FAR_BELOW = 1e9;

/** [B, T, D] → [B, D]; a text without tokens gives zeros. */
function poolStates(
  states: tf.Tensor3D,
  last: tf.Tensor2D | undefined,
  mask: tf.Tensor3D,
  padded: Padded,
  shape: RecurrentShape,
  weights: readonly tf.Tensor[],
): tf.Tensor2D {
  const below = tf.mul(tf.sub(mask, 1), FAR_BELOW);
  const some = tf.tensor2d(
    Float32Array.from(padded.lengths, (length) => Math.min(1, length)),
    [padded.rows, 1],
  );
  switch (shape.pooling) {
    case 'last':
      return last ?? lastStates(states, padded);
    case 'mean': {
      const inverse = Float32Array.from(padded.lengths, (length) => 1 / Math.max(1, length));
      return tf.mul(tf.sum<tf.Tensor2D>(tf.mul(states, mask), 1), tf.tensor2d(inverse, [padded.rows, 1]));
    }
    case 'max':
      return tf.mul(tf.max(tf.add(states, below), 1), some);
    case 'attention': {
      const query = tf.reshape<tf.Rank.R2>(weights.at(-1)!, [outputWidth(shape), 1]);
      const flat = tf.reshape<tf.Rank.R2>(states, [-1, outputWidth(shape)]);
      const scores = tf.add(tf.reshape(tf.matMul(flat, query), [padded.rows, padded.length, 1]), below);
      const raised = tf.mul(tf.exp(tf.sub(scores, tf.max(scores, 1, true))), mask);
      const parts = tf.div(raised, tf.add(tf.sum(raised, 1, true), tf.reshape(tf.sub(1, some), [-1, 1, 1])));
      return tf.sum(tf.mul(states, parts), 1);
    }
  }
}

/** The embedding of each text's last token, where there is no recurrent layer. */
function lastStates(states: tf.Tensor3D, { rows, length, lengths }: Padded): tf.Tensor2D {
  const at = new Float32Array(rows * length);
  lengths.forEach((count, i) => {
    if (count > 0) at[i * length + count - 1] = 1;
  });
  return tf.sum(tf.mul(states, tf.tensor3d(at, [rows, length, 1])), 1);
}
