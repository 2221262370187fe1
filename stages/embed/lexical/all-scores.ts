import type { Matrix } from '../../../src/formats/npy.ts';
import { createDotProducts, QUERIES_AT_ONCE, TILE } from '../../../src/retrieval/dot-products.ts';

/** The inner products of each query with every document: one array for a query, in order. */
export function* allScores(queries: Matrix, documents: Matrix): Generator<Float64Array, void> {
  const { columns } = queries;
  const products = createDotProducts(columns);
  for (let start = 0; start < queries.rows; start += QUERIES_AT_ONCE) {
    const count = Math.min(QUERIES_AT_ONCE, queries.rows - start);
    const scores = Array.from({ length: count }, () => new Float64Array(documents.rows));
    products.queries(queries.data.subarray(start * columns, (start + count) * columns), count);
    for (let first = 0; first < documents.rows; first += TILE) {
      const width = Math.min(TILE, documents.rows - first);
      const found = products.tile(documents.data, first, width);
      for (const [i, row] of scores.entries()) row.set(found.subarray(i * TILE, i * TILE + width), first);
    }
    yield* scores;
  }
}
