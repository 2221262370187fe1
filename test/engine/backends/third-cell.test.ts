/** A third cell, which is no more than one object: what a contributor writes first, before its kernels. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { composedRecurrent } from '../../../src/engine/backends/composed-recurrent.ts';
import { createPlainTable, type PlainTable } from '../../../src/engine/backends/plain-table.ts';
import { tableAnchor, type Pass } from '../../../src/engine/backends/recurrent-op.ts';
import type { Cell } from '../../../src/engine/kernels/recurrent/cells/cell.ts';
import { weightShapes, type RecurrentShape } from '../../../src/engine/kernels/recurrent/shape.ts';
import { initialWeight } from '../../../src/engine/model/initial-weights.ts';
import { row } from '../../../src/formats/ragged.ts';
import { embeddedEngine } from '../embedded.ts';
import { build } from '../fixtures.ts';

/** Minimal gated unit (Zhou et al. 2016), gates f | n: f = σ(xf + h·Uf), n = tanh(xn + (f ∘ h)·Un), h' = h + f ∘ (n − h). */
const MINIMAL_GATED_UNIT: Cell = {
  gates: 2,
  biases: [{ name: 'bias', initial: [1, 0] }],
  states: 1,
  step: (ops, x, [h], { recurrent }) => {
    const [xf, xn] = ops.split(x, 2, 1);
    const [uf, un] = ops.split<tf.Tensor2D>(recurrent, 2, 1);
    const f = ops.sigmoid(ops.add(xf!, ops.matMul(h!, uf!)));
    const n = ops.tanh(ops.add(xn!, ops.matMul(ops.mul<tf.Tensor2D>(f, h!), un!)));
    return [ops.add(h!, ops.mul(f, ops.sub(n, h!)))];
  },
};
const HIDDEN = 4;
const SHAPE: RecurrentShape = {
  cell: MINIMAL_GATED_UNIT,
  input: 3,
  hidden: HIDDEN,
  layers: 1,
  bidirectional: false,
  pooling: 'last',
};
const PASS: Pass = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };

const engine = embeddedEngine();
const backend = { table: createPlainTable };

it('has the weights that it names, and they start as it says', () => {
  const weights = weightShapes({ ...SHAPE, bidirectional: true });
  expect(weights.slice(3)).toEqual([
    { name: 'layer0.backward.kernel', shape: [3, 8] },
    { name: 'layer0.backward.recurrent', shape: [4, 8] },
    { name: 'layer0.backward.bias', shape: [8] },
  ]);
  expect([...initialWeight(weights[5]!, MINIMAL_GATED_UNIT, 1)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
});

it('runs through the composed encoder as loops over numbers do', () => {
  const { texts, table, embeddings, weights } = build(
    { shape: SHAPE, lengths: [3, 0, 1, 5], seed: 7 },
    backend,
  );
  const variables = weightShapes(SHAPE).map(({ shape }, i) => tf.tensor(weights[i]!, [...shape]));
  const output = composedRecurrent(SHAPE)(texts, table, variables, PASS).arraySync();
  for (const [i, state] of output.entries()) {
    const expected = lastState(
      Array.from(row(texts, i), (id) => [...embeddings.subarray(id * 3, id * 3 + 3)]),
      weights,
    );
    state.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j]!, 5);
    });
  }
});

it('has the gradients that finite differences show: two layers, both directions, attention', () => {
  const shape: RecurrentShape = { ...SHAPE, layers: 2, bidirectional: true, pooling: 'attention' };
  const { texts, table, weights } = build({ shape, lengths: [4, 2], seed: 3 }, backend);
  const op = composedRecurrent(shape);
  const variables = weightShapes(shape).map((weight, i) =>
    tf.variable(tf.tensor(weights[i]!, [...weight.shape])),
  );
  const loss = (): tf.Scalar => tf.sum(tf.square(op(texts, table, variables, PASS)));
  const { grads } = tf.variableGrads(loss, [...variables, tableAnchor()]);
  const slope = (change: (by: number) => void): number => {
    const step = 2 ** -7;
    const [above, below] = [step, -step].map((by) => {
      change(by);
      const value = tf.tidy(() => loss().dataSync()[0]!);
      change(-by);
      return value;
    });
    return (above! - below!) / (2 * step);
  };
  for (const [w, variable] of variables.entries()) {
    const values = weights[w]!;
    const place = values.length >> 1;
    const measured = slope((by) => {
      values[place]! += by;
      variable.assign(tf.tensor(values.slice(), variable.shape));
    });
    expect(grads[variable.name]!.dataSync()[place], weightShapes(shape)[w]!.name).toBeCloseTo(measured, 2);
  }
  const id = texts.values[0]!;
  const gradient = table.readGradient()[id * 3]!;
  const embedded = (table as PlainTable).view();
  expect(gradient).toBeCloseTo(
    slope((by) => {
      embedded[id * 3]! += by;
    }),
    2,
  );
});

it('is refused by the fused kernels, which it has none of', () => {
  expect(() => engine().recurrent(SHAPE).outputSize).toThrow('the cell has no kernels');
});

/** One text's last state, in double precision. */
function lastState(text: readonly number[][], [kernel, recurrent, bias]: readonly Float32Array[]): number[] {
  const product = (x: readonly number[], matrix: Float32Array, column: number): number =>
    x.reduce((sum, value, i) => sum + value * matrix[i * 2 * HIDDEN + column]!, 0);
  let h = new Array<number>(HIDDEN).fill(0);
  for (const x of text) {
    const f = h.map(
      (_, j) => 1 / (1 + Math.exp(-(product(x, kernel!, j) + bias![j]! + product(h, recurrent!, j)))),
    );
    const kept = h.map((value, j) => value * f[j]!);
    const n = h.map((_, j) => {
      const column = HIDDEN + j;
      return Math.tanh(product(x, kernel!, column) + bias![column]! + product(kept, recurrent!, column));
    });
    h = h.map((value, j) => value + f[j]! * (n[j]! - value));
  }
  return h;
}
