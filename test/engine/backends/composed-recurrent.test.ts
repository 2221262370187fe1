import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import type { Backend } from '../../../src/engine/backends/open-backend.ts';
import { fusedRecurrent } from './fused-recurrent.ts';
import { composedRecurrent } from '../../../src/engine/backends/composed-recurrent.ts';
import { tableAnchor, type Pass, type RecurrentOp } from '../../../src/engine/backends/recurrent-op.ts';
import { createPlainTable, type PlainTable } from '../../../src/engine/backends/plain-table.ts';
import {
  outputWidth,
  weightShapes,
  type RecurrentShape,
} from '../../../src/engine/kernels/recurrent/shape.ts';
import { row } from '../../../src/formats/ragged.ts';
import { embeddedEngine } from '../embedded.ts';
import { build, cases, values, type Built, type Case } from '../fixtures.ts';
import { referenceEncoding } from './reference.ts';

const PASS: Pass = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };

const backend = {
  table: createPlainTable,
  recurrent: composedRecurrent,
};

function tensors({ shape }: Case, weights: readonly Float32Array[]): tf.Variable[] {
  return weightShapes(shape).map(({ shape: sizes }, i) => tf.variable(tf.tensor(weights[i]!, [...sizes])));
}

/** What each text should become, from the numbers alone. */
function expected({ shape }: Case, { texts, embeddings, weights }: Built): number[][] {
  const doubles = weights.map((values) => Float64Array.from(values));
  return Array.from({ length: texts.offsets.length - 1 }, (_, i) =>
    referenceEncoding(
      Array.from(row(texts, i), (id) => [...embeddings.subarray(id * shape.input, (id + 1) * shape.input)]),
      shape,
      doubles,
    ),
  );
}

describe('the recurrent encoder composed of TensorFlow.js ops', () => {
  const engine = embeddedEngine(2);

  it('agrees with plain loops, for texts of every length', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const built = build(example, backend);
        const result = tf.tidy(() =>
          composedRecurrent(example.shape)(built.texts, built.table, tensors(example, built.weights), PASS),
        );
        const wanted = expected(example, built).flat();
        const given = [...result.dataSync()];
        expect(given.length).toBe(wanted.length);
        given.forEach((value, i) => {
          expect(value).toBeCloseTo(wanted[i]!, 4);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('has the gradients that finite differences show, of weights and of embeddings', () => {
    fc.assert(
      fc.property(
        cases.filter(({ shape }) => shape.pooling !== 'max'),
        (example) => {
          const built = build(example, backend);
          const count = (built.texts.offsets.length - 1) * outputWidth(example.shape);
          const slope = values(count, 1, random(example.seed, 'slope'));
          const loss = (changed: Built): number =>
            expected(example, changed)
              .flat()
              .reduce((sum, value, i) => sum + value * slope[i]!, 0);
          const weights = tensors(example, built.weights);
          const { grads } = tf.variableGrads(
            () =>
              tf.sum(
                tf.mul(
                  tf.reshape(composedRecurrent(example.shape)(built.texts, built.table, weights, PASS), [-1]),
                  tf.tensor1d(slope),
                ),
              ),
            [...weights, tableAnchor()],
          );
          weights.forEach((weight, w) => {
            const gradient = grads[weight.name]!.dataSync();
            const at = random(example.seed, `at ${w}`).integer(gradient.length);
            expect(gradient[at]).toBeCloseTo(
              difference(built, (b) => b.weights[w]!, at, loss),
              2,
            );
          });
          const id = built.texts.values[0];
          if (id === undefined) return;
          const gathered = gradientOf(built.table as PlainTable, id);
          expect(gathered[0]).toBeCloseTo(
            difference(built, (b) => b.embeddings, id * example.shape.input, loss),
            2,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('agrees with the fused kernels, forward and backward', () => {
    fc.assert(
      // Of equal maxima, which repeated tokens have, the kernels give the slope to the first, TensorFlow.js to all.
      fc.property(
        cases.filter(({ shape }) => shape.cell !== 'none' || shape.pooling !== 'max'),
        (example) => {
          const composed = step(example, backend);
          const fused = step(example, {
            table: (rows, dimensions) => engine().table(rows, dimensions),
            recurrent: (shape) => fusedRecurrent(engine(), shape),
          });
          expect(fused.length).toBe(composed.length);
          fused.forEach((part, i) => {
            part.forEach((value, j) => {
              expect(value).toBeCloseTo(composed[i]![j]!, 4);
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not change embeddings that are not trainable', () => {
    const built = build(
      {
        shape: { cell: 'gru', input: 2, hidden: 2, layers: 1, bidirectional: false, pooling: 'last' },
        lengths: [3],
        seed: 1,
      },
      backend,
    );
    const weights = [[2, 6], [2, 6], [6], [6]].map((shape, i) =>
      tf.variable(tf.tensor(built.weights[i]!, shape)),
    );
    tf.variableGrads(
      () =>
        tf.sum(
          composedRecurrent({
            cell: 'gru',
            input: 2,
            hidden: 2,
            layers: 1,
            bidirectional: false,
            pooling: 'last',
          })(built.texts, built.table, weights, { ...PASS, tableTrainable: false }),
        ),
      [...weights, tableAnchor()],
    );
    expect(built.table.gradientSquares()).toBe(0);
  });
});

interface Engine extends Pick<Backend, 'table'> {
  recurrent(shape: RecurrentShape): RecurrentOp;
}

/** Output, gradients of the weights and of the table after one pass forward and back. */
function step(example: Case, engine: Engine): Float32Array[] {
  const built = build(example, engine);
  const weights = tensors(example, built.weights);
  const recurrent = engine.recurrent(example.shape);
  let output = new Float32Array();
  const { grads } = tf.variableGrads(() => {
    const result = recurrent(built.texts, built.table, weights, PASS);
    output = Float32Array.from(result.dataSync());
    const slope = values(result.size, 1, random(example.seed, 'slope'));
    return tf.sum(tf.mul(result, tf.tensor(slope, result.shape)));
  }, [...weights, tableAnchor()]);
  return [
    output,
    ...weights.map((weight) => grads[weight.name]!.dataSync() as Float32Array),
    built.table.readGradient(),
  ];
}

/** Slope of the loss in one number, by central difference in doubles: the reference takes them as they are. */
function difference(
  built: Built,
  part: (built: Built) => Float32Array,
  at: number,
  loss: (built: Built) => number,
): number {
  const STEP = 2 ** -8;
  const values = part(built);
  const kept = values[at]!;
  values[at] = kept + STEP;
  const up = values[at];
  const above = loss(built);
  values[at] = kept - STEP;
  const down = values[at];
  const below = loss(built);
  values[at] = kept;
  return (above - below) / (up - down);
}

function gradientOf(table: PlainTable, id: number): Float32Array {
  return table.readGradient().slice(id * table.dimensions, (id + 1) * table.dimensions);
}
