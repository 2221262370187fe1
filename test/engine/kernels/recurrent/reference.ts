/** The recurrent encoder composed of ordinary tfjs operations, row by row, gradients by tfjs autograd on its CPU. */
import type * as tensors from '@tensorflow/tfjs-core';
import { tf as loaded } from './tfjs.ts';
import type { RecurrentShape } from '../../../../src/engine/kernels/recurrent/shape.ts';
import { weightShapes } from '../../../../src/engine/kernels/recurrent/shape.ts';
import { row, rowCount, type Ragged } from '../../../../src/formats/ragged.ts';

const tf = loaded;

export interface Reference {
  readonly output: Float32Array;
  readonly weights: readonly Float32Array[];
  readonly table: Float32Array;
}

/** Factors of dropout for a token's units, place 0 the embeddings and 1 + l layer l's outputs. */
export type Mask = (place: number, row: number, token: number, unit: number) => number;

export async function reference(
  shape: RecurrentShape,
  rows: Ragged,
  table: { readonly values: Float32Array; readonly rows: number },
  weights: readonly Float32Array[],
  gradient: Float32Array,
  mask: Mask = () => 1,
): Promise<Reference> {
  const shapes = weightShapes(shape);
  const inputs = [
    tf.tensor2d(table.values, [table.rows, shape.input]),
    ...weights.map((values, i) => tf.tensor(values, [...shapes[i]!.shape])),
  ];
  let output: tensors.Tensor | undefined;
  const loss = (...inputs: tensors.Tensor[]): tensors.Scalar => {
    const pooled = Array.from({ length: rowCount(rows) }, (_, r) => encode(shape, inputs, rows, r, mask));
    const stacked = tf.stack(pooled);
    output = tf.keep(stacked);
    return tf.sum(tf.mul(stacked, tf.tensor(gradient, stacked.shape)));
  };
  const { grads } = tf.valueAndGrads(loss)(inputs);
  return {
    output: (await output!.data()) as Float32Array,
    table: (await grads[0]!.data()) as Float32Array,
    weights: await Promise.all(grads.slice(1).map(async (each) => (await each.data()) as Float32Array)),
  };
}

function encode(
  shape: RecurrentShape,
  inputs: tensors.Tensor[],
  rows: Ragged,
  r: number,
  mask: Mask,
): tensors.Tensor1D {
  const directions = shape.bidirectional && shape.cell !== 'none' ? 2 : 1;
  const size = shape.cell === 'none' ? shape.input : shape.hidden * directions;
  const ids = Array.from(row(rows, r));
  // Kept in the graph, so that every weight has a gradient.
  if (ids.length === 0)
    return tf.mul<tensors.Tensor1D>(tf.zeros([size]), tf.addN(inputs.map((each) => tf.sum(each))));
  const drop = (states: tensors.Tensor[], place: number): tensors.Tensor[] =>
    states.map((state, t) =>
      tf.mul(
        state,
        tf.tensor2d(
          Float32Array.from({ length: state.size }, (_, k) => mask(place, r, t, k)),
          [1, state.size],
        ),
      ),
    );
  let states = drop(
    ids.map((id) => tf.gather(inputs[0]!, tf.tensor1d([id], 'int32'))),
    0,
  );
  let next = 1;
  for (let l = 0; l < (shape.cell === 'none' ? 0 : shape.layers); l++) {
    const each: tensors.Tensor[][] = [];
    for (let d = 0; d < directions; d++) {
      const count = shape.cell === 'gru' ? 4 : 3;
      const cell = inputs.slice(next, next + count);
      next += count;
      const order = d === 0 ? states : [...states].reverse();
      const out = shape.cell === 'gru' ? gru(order, cell, shape.hidden) : lstm(order, cell, shape.hidden);
      each.push(d === 0 ? out : out.reverse());
    }
    states = drop(
      states.map((_, t) =>
        tf.concat(
          each.map((direction) => direction[t]!),
          1,
        ),
      ),
      1 + l,
    );
  }
  return tf.reshape(pool(shape, states, inputs[next]), [size]);
}

function gru(xs: tensors.Tensor[], [w, u, b, c]: tensors.Tensor[], H: number): tensors.Tensor[] {
  let h: tensors.Tensor = tf.zeros([1, H]);
  return xs.map((x) => {
    const [xz, xr, xn] = tf.split(tf.add(tf.matMul(x as tensors.Tensor2D, w as tensors.Tensor2D), b!), 3, 1);
    const [hz, hr, hn] = tf.split(tf.add(tf.matMul(h as tensors.Tensor2D, u as tensors.Tensor2D), c!), 3, 1);
    const z = tf.sigmoid(tf.add(xz!, hz!));
    const n = tf.tanh(tf.add(xn!, tf.mul(tf.sigmoid(tf.add(xr!, hr!)), hn!)));
    h = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
    return h;
  });
}

function lstm(xs: tensors.Tensor[], [w, u, b]: tensors.Tensor[], H: number): tensors.Tensor[] {
  let h: tensors.Tensor = tf.zeros([1, H]);
  let c: tensors.Tensor = tf.zeros([1, H]);
  return xs.map((x) => {
    const gates = tf.add(
      tf.add(
        tf.matMul(x as tensors.Tensor2D, w as tensors.Tensor2D),
        tf.matMul(h as tensors.Tensor2D, u as tensors.Tensor2D),
      ),
      b!,
    );
    const [i, f, g, o] = tf.split(gates, 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f!), c), tf.mul(tf.sigmoid(i!), tf.tanh(g!)));
    h = tf.mul(tf.sigmoid(o!), tf.tanh(c));
    return h;
  });
}

function pool(
  shape: RecurrentShape,
  states: tensors.Tensor[],
  attention: tensors.Tensor | undefined,
): tensors.Tensor {
  const all = tf.concat(states, 0);
  switch (shape.pooling) {
    case 'mean':
      return tf.mean(all, 0);
    case 'max':
      return tf.max(all, 0);
    case 'attention': {
      const shares = tf.softmax(
        tf.reshape(tf.matMul(all as tensors.Tensor2D, tf.reshape(attention!, [-1, 1])), [-1]),
      );
      return tf.sum(tf.mul(all, tf.reshape(shares, [-1, 1])), 0);
    }
    case 'last': {
      const last = states.at(-1)!;
      if (!shape.bidirectional || shape.cell === 'none') return last;
      const H = shape.hidden;
      return tf.concat([tf.slice(last, [0, 0], [1, H]), tf.slice(states[0]!, [0, H], [1, H])], 1);
    }
  }
}
