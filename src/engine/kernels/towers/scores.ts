/**
 * The scores of a batch's queries with all its documents, what a loss makes of them, and the way back to the vectors.
 * Every operation rounds as the TensorFlow.js ops of src/engine/model/similarity.ts and src/engine/losses do.
 */
import type { Similarity } from '../../../formats/embeddings.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import { ranges } from '../threads/ranges.ts';
import { createScope, type Scope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { euclidean } from './euclidean.ts';
import {
  matrix,
  packed,
  packedTransposed,
  productJobs,
  readMatrix,
  transposeJobs,
  writeMatrix,
  type Matrix,
  type Memory,
} from './matrix.ts';

export interface Scores {
  /** [queries, documents] */
  read(): Float32Array;
  /** The loss, whose gradient is the scores' from then on. */
  softmax(softmax: Softmax): number;
  /** Sets the gradient: [queries, documents]. */
  setGradient(gradient: Float32Array): void;
  /** The gradients of the vectors, from that of the scores. Once. */
  backward(): { readonly queries: Matrix; readonly documents: Matrix };
  release(): void;
}

/** The in-batch softmax of losses/multiple-negatives-ranking.ts. */
export interface Softmax {
  readonly temperature: number;
  /** [queries]: the column of each query's positive. */
  readonly positive: Int32Array;
  /** [queries, documents]: 1 for the documents that the positive is told apart from, else 0. */
  readonly allowed: Float32Array;
}

export interface Context extends Memory {
  readonly pool: ThreadPool;
  /** f32, as many as the widest row. */
  readonly zeros: number;
}

/** Rows of a softmax that a job takes. */
const ROWS_A_JOB = 8;

/** The vectors have length 1 where cosine compares. */
export function createScores(
  heap: Heap,
  pool: ThreadPool,
  { queries, documents }: { readonly queries: Matrix; readonly documents: Matrix },
  similarity: Similarity,
): Scores {
  const scope = createScope(heap);
  const context: Context = { heap, pool, scope, zeros: zerosFor(heap, scope, [queries, documents]) };
  const shape = [queries.rows, documents.rows] as const;
  const products = matrix(context, ...shape);
  const right = packedTransposed(context, documents);
  pool.run(right.jobs);
  pool.run(productJobs(queries, right.panels, products, context.zeros));
  const distances =
    similarity === 'euclidean' ? euclidean(context, { queries, documents, products }) : undefined;
  const scores = distances?.scores ?? products;
  const gradient = matrix(context, ...shape);

  return {
    read: () => readMatrix(heap, scores),
    softmax: (given) => softmax(context, scores, gradient, given),
    setGradient: (values) => {
      writeMatrix(heap, gradient, values);
    },
    backward: () => {
      const ofProducts = distances?.backward(gradient) ?? gradient;
      const of = {
        queries: matrix(context, queries.rows, queries.columns),
        documents: matrix(context, documents.rows, documents.columns),
      };
      const transposed = matrix(context, documents.rows, queries.rows);
      const [left, right] = [packed(context, documents), packed(context, queries)];
      pool.run([...left.jobs, ...right.jobs, ...transposeJobs(ofProducts, transposed)]);
      pool.run([
        ...productJobs(ofProducts, left.panels, of.queries, context.zeros),
        ...productJobs(transposed, right.panels, of.documents, context.zeros),
      ]);
      distances?.addSquares(of);
      return of;
    },
    release: () => {
      scope.release();
    },
  };
}

function zerosFor(heap: Heap, scope: Scope, matrices: readonly Matrix[]): number {
  const floats = Math.max(...matrices.flatMap(({ stride, rows }) => [stride / 4, rows + 8]));
  const at = scope.allocate(floats);
  heap.f32(at, floats).fill(0);
  return at;
}

/** The mean over the queries, which fills the gradient. */
function softmax(
  context: Context,
  scores: Matrix,
  gradient: Matrix,
  { temperature, positive, allowed }: Softmax,
): number {
  const { heap, pool, scope } = context;
  const mask = matrix(context, scores.rows, scores.columns);
  writeMatrix(heap, mask, allowed);
  const targets = scope.put(Uint32Array.from(positive));
  const losses = scope.allocate(Math.max(1, scores.rows));
  pool.run(
    ranges(scores.rows, ROWS_A_JOB).map(({ from, count }) => [
      op.softmax({
        scores: scores.at + from * scores.stride,
        lds: scores.stride,
        allowed: mask.at + from * mask.stride,
        lda: mask.stride,
        targets: targets + from * 4,
        count,
        width: scores.columns,
        temperature,
        size: scores.rows,
        slope: 1 / scores.rows,
        losses: losses + from * 4,
        gradient: gradient.at + from * gradient.stride,
        ldg: gradient.stride,
      }),
    ]),
    scores.stride,
  );
  return Math.fround(heap.f32(losses, scores.rows).reduce((sum, loss) => sum + loss, 0));
}
