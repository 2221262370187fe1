/**
 * A known-answer test of the kernels: the digest of small training steps, forward and backward, with everything that
 * they leave. It uses the operations that training and embedding use, at sizes that no register divides evenly.
 */
import { createHash } from 'node:crypto';
import { random } from '../../../base/random.ts';
import type { Similarity } from '../../../formats/embeddings.ts';
import { raggedFrom } from '../../../formats/ragged.ts';
import { map, matMul, type ElementwiseFunction } from '../dense.ts';
import { createDenseAdam } from '../dense-adam.ts';
import { createComposedRows } from '../embedding/composed-rows.ts';
import { createTable } from '../embedding/embedding-table.ts';
import type { Precision } from '../precision.ts';
import { INFERENCE } from '../recurrent/context.ts';
import { createRecurrent } from '../recurrent/recurrent.ts';
import { weightShapes, type RecurrentShape } from '../recurrent/shape.ts';
import type { Heap } from '../threads/heap.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { createScores } from '../towers/scores.ts';
import { createTower, type TowerPass } from '../towers/tower.ts';

/** That of `fast` is of kernels that fuse. */
export const KNOWN_ANSWERS: Readonly<Record<Precision, string>> = {
  exact: '3ef3ac33384d8c76647185e54632df8b3dbe980cd8f7c9e48dfee70d7c39d964',
  fast: '71dd60d2ac625a41b395dbaf6b49d04d259ba43cd366873d7240c7e61563eaf6',
};

const VOCABULARY = 23;
/** More tokens than a weight gradient takes at once. */
const LENGTHS = [107, 0, 4, 4, 11, 1, 9, 2, 5, 13];
const SHAPES: readonly RecurrentShape[] = [
  { cell: 'gru', input: 12, hidden: 24, layers: 1, bidirectional: true, pooling: 'attention' },
  { cell: 'lstm', input: 40, hidden: 34, layers: 1, bidirectional: false, pooling: 'max' },
];
const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, scale: 0.5 };
const SIMILARITIES: readonly Similarity[] = ['cosine', 'euclidean'];
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
  hashComposed(hash, heap, pool);
  for (const similarity of SIMILARITIES) hashTowers(hash, heap, pool, similarity);
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
    hash.update(recurrent.forward(texts, table, weights, INFERENCE).output);
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

function hashComposed(hash: ReturnType<typeof createHash>, heap: Heap, pool: ThreadPool): void {
  const [table, parameters] = [createTable(heap, pool, 3, 28), createTable(heap, pool, 5, 28)];
  parameters.write(floats(5 * 28, 'parts', 1));
  const composition = {
    own: Uint32Array.of(0, 1, 0),
    parts: raggedFrom([[], [2, 3, 2], [4, 3, 2, 2, 4, 4, 2]]),
  };
  const rows = createComposedRows(heap, pool, { table, parameters }, composition);
  rows.update(Uint32Array.of(2, 0, 1, 2));
  hash.update(table.read());
  table.addGradients(table.data, {
    ids: Uint32Array.of(2, 0, 1),
    order: Uint32Array.of(1, 2, 0, 0),
    starts: Uint32Array.of(0, 2, 3, 4),
  });
  rows.passOn();
  hash.update(parameters.readGradient()).update(String(parameters.gradientSquares()));
  for (const each of [rows, table, parameters]) each.dispose();
}

/** Both directions, a projection, and a softmax over all pairs of five texts with ten. */
function hashTowers(
  hash: ReturnType<typeof createHash>,
  heap: Heap,
  pool: ThreadPool,
  similarity: Similarity,
): void {
  const table = createTable(heap, pool, VOCABULARY, 12);
  table.write(floats(VOCABULARY * 12, 'table', 1));
  const part = { ...SHAPES[0]!, hidden: 11 };
  const parts = [part, { ...part, cell: 'none' as const, pooling: 'mean' as const }];
  const tower = createTower(heap, pool, { parts, projection: 21, normalised: similarity === 'cosine' });
  const weights = [
    ...weightShapes(part).map(({ shape }) => shape.reduce((product, x) => product * x, 1)),
    34 * 21,
    21,
  ].map((size) => floats(size, `weight ${size}`, 0.5));
  const options = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
  const [queries, documents] = [LENGTHS.slice(0, 5), LENGTHS].map((lengths) => {
    const texts = lengths.map((length, row) =>
      Array.from({ length }, (_, i) => (row * 3 + i * i) % VOCABULARY),
    );
    return tower.forward(raggedFrom(texts), table, weights, options);
  }) as [TowerPass, TowerPass];
  const both = { queries: queries.vectors, documents: documents.vectors };
  const scores = createScores(heap, pool, both, similarity);
  const loss = scores.softmax({
    temperature: 0.1,
    positive: Int32Array.of(3, 1, 4, 1, 9),
    allowed: Float32Array.from({ length: 50 }, (_, i) => Number(i % 4 > 0)),
  });
  hash.update(String(loss)).update(scores.read()).update(documents.read());
  const of = scores.backward();
  for (const each of [...documents.backward(of.documents), ...queries.backward(of.queries)])
    hash.update(each);
  hash.update(table.readGradient());
  for (const each of [scores, queries, documents]) each.release();
  tower.dispose();
  table.dispose();
}

/** Uniform in ±scale. */
function floats(length: number, purpose: string, scale: number): Float32Array {
  const source = random(13, purpose);
  return Float32Array.from({ length }, () => (2 * source.uniform() - 1) * scale);
}
