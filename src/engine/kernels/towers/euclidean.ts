/** Euclidean distances as scores, −√(|q|² + |d|² − 2 q·d), and the way back to the products and the squares. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import { matrix, type Matrix } from './matrix.ts';
import { asBlocks, normaliseJobs } from './normalise.ts';
import type { Context } from './scores.ts';

interface Distances {
  readonly scores: Matrix;
  /** From the gradient of the scores, which is used up, to that of the products. */
  backward(gradient: Matrix): Matrix;
  /** Adds what goes through |q|² and |d|² to the gradients of the vectors. */
  addSquares(gradients: { readonly queries: Matrix; readonly documents: Matrix }): void;
}

const ROWS_A_JOB = 8;

export function euclidean(
  context: Context,
  {
    queries,
    documents,
    products,
  }: { readonly queries: Matrix; readonly documents: Matrix; readonly products: Matrix },
): Distances {
  const { pool, scope } = context;
  const { rows, columns, stride } = products;
  const scores = matrix(context, rows, columns);
  const [ofQueries, ofDocuments] = [queries, documents].map((vectors) => {
    const squares = scope.allocate(Math.max(1, vectors.rows));
    const copy = matrix(context, vectors.rows, vectors.columns);
    const forward = { from: asBlocks(vectors), scaled: false, squares };
    return { squares, jobs: normaliseJobs({ ...forward, to: copy.at, stride: copy.stride }) };
  }) as [SquaresOf, SquaresOf];
  pool.run([...ofQueries.jobs, ...ofDocuments.jobs]);
  const fieldsFrom = (from: number) => ({
    products: products.at + from * stride,
    ldp: stride,
    querySquares: ofQueries.squares + from * 4,
    documentSquares: ofDocuments.squares,
    width: columns,
  });
  pool.run(
    ranges(rows, ROWS_A_JOB).map(({ from, count }) => [
      op.euclideanForward({ ...fieldsFrom(from), scores: scores.at + from * stride, lds: stride, count }),
    ]),
  );
  const rowSums = scope.allocate(Math.max(1, rows));
  const columnSums = matrix(context, 1, columns);
  const addJobs = (vectors: Matrix, slopes: number, to: Matrix): Job[] =>
    ranges(vectors.rows, ROWS_A_JOB).map(({ from, count }) => [
      op.addSquareSlopes({
        src: vectors.at + from * vectors.stride,
        lds: vectors.stride,
        slopes: slopes + from * 4,
        dst: to.at + from * to.stride,
        ldd: to.stride,
        count,
        width: vectors.stride,
      }),
    ]);
  return {
    scores,
    backward: (gradient) => {
      const ofProducts = matrix(context, rows, columns);
      pool.run(
        ranges(rows, ROWS_A_JOB).map(({ from, count }) => [
          op.euclideanBackward({
            ...fieldsFrom(from),
            g: gradient.at + from * stride,
            ldg: stride,
            dp: ofProducts.at + from * stride,
            rowSums: rowSums + from * 4,
            count,
          }),
        ]),
      );
      const sum = { src: gradient.at, lds: stride, dst: columnSums.at, count: rows, width: stride };
      pool.run([[op.sumColumnsInOrder(sum)]]);
      return ofProducts;
    },
    addSquares: (gradients) => {
      pool.run([
        ...addJobs(queries, rowSums, gradients.queries),
        ...addJobs(documents, columnSums.at, gradients.documents),
      ]);
    },
  };
}

interface SquaresOf {
  readonly squares: number;
  readonly jobs: Job[];
}
