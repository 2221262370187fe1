/**
 * A known-answer test of the kernels: the digest of small training steps, forward and backward, with everything that
 * they leave. It uses the operations that training and embedding use, at sizes that no register divides evenly.
 */
import { createHash } from 'node:crypto';
import { random } from '../../../base/random.ts';
import { raggedFrom } from '../../../formats/ragged.ts';
import { map, matMul, type ElementwiseFunction } from '../dense.ts';
import { createDenseAdam } from '../dense-adam.ts';
import { createTable } from '../embedding/embedding-table.ts';
import type { Precision } from '../precision.ts';
import { createRecurrent } from '../recurrent/recurrent.ts';
import { weightShapes, type RecurrentShape } from '../recurrent/shape.ts';
import type { Heap } from '../threads/heap.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';

/** That of `fast` is of kernels that fuse. */
export const KNOWN_ANSWERS: Readonly<Record<Precision, string>> = {
  exact: 'afe1fbc794b1287eed66b6c5f77837cd7120564f5e59245ddd4a405805a9ea2e',
  fast: 'e83989bd68d33654dedb7c3d39262d7c2450ae5af25d423cffd3de47317c4cf6',
};

const VOCABULARY = 23;
const LENGTHS = [7, 0, 4, 4, 11, 1, 9, 2, 5, 13];
const SHAPES: readonly RecurrentShape[] = [
  { cell: 'gru', input: 12, hidden: 24, layers: 1, bidirectional: true, pooling: 'attention' },
  { cell: 'lstm', input: 40, hidden: 34, layers: 1, bidirectional: false, pooling: 'max' },
];
const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, scale: 0.5 };
const FUNCTIONS: readonly ElementwiseFunction[] = ['exp', 'log', 'tanh', 'sigmoid'];

/** Of kernels on this heap and pool, whose constants are written. */
export function answerOf(heap: Heap, pool: ThreadPool): string {
  const hash = createHash('sha256');
  for (const shape of SHAPES) hashStep(hash, heap, pool, shape);
  const values = floats(999, 'values', 20);
  for (const name of FUNCTIONS) hash.update(map(heap, pool, name, values));
  // One to three rows are taken by as many panels as there are, 150 columns by those and by narrower ones.
  for (const [m, n] of [
    [13, 29],
    [1, 150],
    [2, 150],
    [3, 150],
  ] as const) {
    const shape = { batch: 2, m, k: 19, n, transposeA: true, transposeB: false };
    hash.update(matMul(heap, pool, floats(2 * m * 19, 'a', 1), floats(2 * 19 * n, 'b', 1), shape));
  }
  hashAdam(hash, heap, pool);
  return hash.digest('hex');
}

function hashStep(
  hash: ReturnType<typeof createHash>,
  heap: Heap,
  pool: ThreadPool,
  shape: RecurrentShape,
): void {
  const table = createTable(heap, pool, VOCABULARY, shape.input);
  table.write(floats(VOCABULARY * shape.input, 'table', 1));
  const recurrent = createRecurrent(heap, pool, shape);
  const weights = weightShapes(shape).map(({ name, shape: size }) =>
    floats(
      size.reduce((product, x) => product * x, 1),
      name,
      0.5,
    ),
  );
  const texts = raggedFrom(
    LENGTHS.map((length, row) => Array.from({ length }, (_, i) => (row * 5 + i * i) % VOCABULARY)),
  );
  for (const [index, rate] of [0, 0.2].entries()) {
    const { output, tape } = recurrent.forward(texts, table, weights, {
      training: true,
      dropout: { input: rate, output: rate },
      seed: 1 + index,
      tableTrainable: true,
    });
    hash.update(output);
    for (const each of recurrent.backward(tape, floats(output.length, 'gradient', 1))) hash.update(each);
    hash.update(String(table.gradientSquares()));
    table.step({ ...ADAM, step: 1 + index });
  }
  hash.update(table.read()).update(table.readMoments().v);
  recurrent.dispose();
  table.dispose();
}

function hashAdam(hash: ReturnType<typeof createHash>, heap: Heap, pool: ThreadPool): void {
  const sizes = [21, 40];
  const adam = createDenseAdam(heap, pool, sizes);
  const weights = sizes.map((size, i) => ({ values: floats(size, 'weight', 1), decays: i === 0 }));
  hash.update(String(adam.take(sizes.map((size) => floats(size, 'gradient', 1)))));
  adam.step(weights, { ...ADAM, step: 1 });
  for (const { values } of weights) hash.update(values);
  for (const values of adam.readMoments().v) hash.update(values);
  adam.dispose();
}

/** Uniform in ±scale. */
function floats(length: number, purpose: string, scale: number): Float32Array {
  const source = random(13, purpose);
  return Float32Array.from({ length }, () => (2 * source.uniform() - 1) * scale);
}
