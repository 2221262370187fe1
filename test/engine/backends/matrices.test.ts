import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EMBEDDED } from '../../../src/engine/backends/embedded.ts';
import { embeddedEngine } from '../embedded.ts';

embeddedEngine();

const OPS = { add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, maximum: tf.maximum };
type Op = keyof typeof OPS;

const sizes = fc.integer({ min: 1, max: 4 });
/** Shapes that broadcast to [rows, columns]. */
const shapes = fc.tuple(sizes, sizes).chain(([rows, columns]) => {
  const shape = fc.constantFrom([rows, columns], [rows, 1], [1, columns], [columns], [1], []);
  return fc.tuple(shape, shape);
});
const higher = fc.constantFrom([[2, 3, 2], [2, 3, 2]], [[2, 3, 2], [3, 1]], [[2], [2, 2, 1]]); // prettier-ignore

type Shape = readonly number[];

function values(shape: Shape, salt: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, i) => ((i * 37 + salt * 11) % 23) / 7 - 1.3);
}

async function compute(backend: string, name: Op, shapes: readonly Shape[]): Promise<tf.Tensor> {
  await tf.setBackend(backend);
  const [a, b] = shapes.map((shape, i) => tf.tensor(values(shape, i), [...shape]));
  return OPS[name](a!, b!);
}

it('agrees with tfjs-backend-cpu to the bit, for any broadcast', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Op>('add', 'sub', 'mul', 'div', 'maximum'),
      fc.oneof(shapes, higher),
      async (name, both) => {
        const ours = await compute(EMBEDDED, name, both);
        const theirs = await compute('cpu', name, both);
        expect(ours.shape).toEqual(theirs.shape);
        expect(ours.dataSync()).toEqual(theirs.dataSync());
      },
    ),
  );
  await tf.setBackend(EMBEDDED);
});

it('cuts a matrix into columns as it does', async () => {
  const cut = async (backend: string): Promise<tf.Tensor[]> => {
    await tf.setBackend(backend);
    const matrix = tf.tensor2d(values([3, 6], 1), [3, 6]);
    const cube = tf.tensor3d(values([2, 2, 3], 3), [2, 2, 3]);
    const cuts = [tf.split(matrix, [1, 3, 2], 1), tf.split(matrix, 2, -1), tf.split(matrix, [2, 1]), tf.split(cube, [1, 2], 2)]; // prettier-ignore
    return cuts.flat();
  };
  const [ours, theirs] = [await cut(EMBEDDED), await cut('cpu')];
  expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
  expect(ours.map((part) => part.dataSync())).toEqual(theirs.map((part) => part.dataSync()));
  await tf.setBackend(EMBEDDED);
  expect(() => tf.split(tf.zeros([3, 5]), [1, 1], 1)).toThrow(/sum of sizes/);
});

it('refuses shapes that do not fit, as tfjs does', () => {
  expect(() => tf.add(tf.zeros([2, 3]), tf.zeros([2, 2]))).toThrow(/broadcast/);
});
