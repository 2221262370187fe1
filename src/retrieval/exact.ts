/**
 * Exact nearest-neighbour search: compares every query with every document. A few queries are searched on this thread,
 * many by the search kernels where the caller has opened them (search-threads.ts), with the same results to the bit.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { createCorpusScan, MOST_DIMENSIONS, type CorpusScan } from '../engine/kernels/search/corpus-scan.ts';
import { FEWEST_FOR_KERNELS, MOST_RESULTS } from '../engine/kernels/search/found.ts';
import type { SearchKernels } from '../engine/kernels/search/search-kernels.ts';
import type { Similarity } from '../formats/embeddings.ts';
import type { Matrix } from '../formats/npy.ts';
import { createDotProducts, dotProduct, dotProductsOf, QUERIES_AT_ONCE, TILE } from './dot-products.ts';
import { createTopK, rank, type Ranking } from './ranking.ts';

export interface ExactSearch {
  /**
   * The best k documents for each of these rows of `queries` [n, dimensions], one ranking at a time. A generator, so
   * that memory does not grow with n and the caller can stop or report progress in between.
   */
  search(queries: Matrix, rows: ArrayLike<number>, k: number): Generator<Ranking, void>;
  /** Scores of the given documents for one row of `queries`, in their order; equal to the bit to those of `search`. */
  scores(queries: Matrix, row: number, documents: Uint32Array): Float64Array;
  /** The given documents, ranked by these scores. */
  rankCandidates(queries: Matrix, row: number, candidates: Uint32Array): Ranking;
}

/** Throws `E_INPUT` if a document's vector is not finite. documents: [documents, dimensions] */
export function createExactSearch(
  documents: Matrix,
  similarity: Similarity,
  kernels?: SearchKernels,
): ExactSearch {
  const squares = squaredNorms(documents, 'document');
  const norms = squares.map(Math.sqrt);
  const score = (dot: number, square: number, norm: number, document: number): number => {
    switch (similarity) {
      case 'dot':
        return dot;
      case 'cosine':
        return norm === 0 || norms[document] === 0 ? 0 : dot / (norm * norms[document]!);
      case 'euclidean':
        // In double precision, cancellation costs at most 1e-8 of the norm, below float32's resolution; 0 stays 0.
        return -Math.sqrt(Math.max(0, square + squares[document]! - 2 * dot));
    }
  };
  const scores: ExactSearch['scores'] = ({ columns, data }, row, wanted) => {
    const query = row * columns;
    const square = dotProduct(data, query, data, query, columns);
    const norm = Math.sqrt(square);
    const dots = dotProductsOf(data, query, documents.data, wanted, columns);
    for (let i = 0; i < dots.length; i++) dots[i] = score(dots[i]!, square, norm, wanted[i]!);
    return dots;
  };
  let scan: CorpusScan | undefined;
  const search: ExactSearch['search'] = (queries, rows, k) => {
    if (queries.columns !== documents.columns)
      throw new Error(`queries have ${queries.columns} dimensions, documents ${documents.columns}`);
    const most = Math.min(k, documents.rows);
    if (!kernels || !isForKernels(documents, rows.length, most))
      return searchRows(documents, queries, rows, most, score);
    return scanRows(
      (scan ??= createCorpusScan(kernels, documents, squares, similarity)),
      queries,
      rows,
      most,
    );
  };
  return {
    search,
    scores,
    rankCandidates: (queries, row, candidates) => rank(candidates, scores(queries, row, candidates)),
  };
}

type Score = (dot: number, square: number, norm: number, document: number) => number;

function isForKernels({ columns }: Matrix, asked: number, k: number): boolean {
  return asked >= FEWEST_FOR_KERNELS && k > 0 && k <= MOST_RESULTS && columns <= MOST_DIMENSIONS;
}

function* scanRows(
  scan: CorpusScan,
  queries: Matrix,
  rows: ArrayLike<number>,
  k: number,
): Generator<Ranking, void> {
  const atOnce = scan.atOnce(k);
  for (let start = 0; start < rows.length; start += atOnce) {
    const block = gather(queries, rows, start, Math.min(atOnce, rows.length - start));
    yield* scan.search(block.data, squaredNorms(block, 'query'), k);
  }
}

/** The vectors of `count` of the rows, from place `start` on. */
function gather({ columns, data }: Matrix, rows: ArrayLike<number>, start: number, count: number): Matrix {
  const gathered = new Float32Array(count * columns);
  for (let i = 0; i < count; i++) {
    const from = rows[start + i]! * columns;
    gathered.set(data.subarray(from, from + columns), i * columns);
  }
  return { rows: count, columns, data: gathered };
}

function* searchRows(
  documents: Matrix,
  queries: Matrix,
  rows: ArrayLike<number>,
  k: number,
  score: Score,
): Generator<Ranking, void> {
  const { columns } = documents;
  const collectors = Array.from({ length: QUERIES_AT_ONCE }, () => createTopK(k));
  const products = createDotProducts(columns);
  for (let start = 0; start < rows.length; start += QUERIES_AT_ONCE) {
    const filled = Math.min(QUERIES_AT_ONCE, rows.length - start);
    const block = gather(queries, rows, start, filled);
    const squares = squaredNorms(block, 'query');
    products.queries(block.data, filled);
    for (let first = 0; first < documents.rows; first += TILE) {
      const count = Math.min(TILE, documents.rows - first);
      const dots = products.tile(documents.data, first, count);
      for (let i = 0; i < filled; i++)
        offerTile(collectors[i]!, dots.subarray(i * TILE, i * TILE + count), first, squares[i]!, score);
    }
    for (let i = 0; i < filled; i++) yield collectors[i]!.take();
  }
}

function offerTile(
  collector: ReturnType<typeof createTopK>,
  dots: Float64Array,
  first: number,
  square: number,
  score: Score,
): void {
  const norm = Math.sqrt(square);
  let threshold = collector.threshold();
  for (let j = 0; j < dots.length; j++) {
    const value = score(dots[j]!, square, norm, first + j);
    // Documents come in ascending order of id, so an equal score never displaces an earlier document.
    if (value > threshold) {
      collector.offer(first + j, value);
      threshold = collector.threshold();
    }
  }
}

function squaredNorms({ rows, columns, data }: Matrix, what: string): Float64Array {
  const squares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const square = dotProduct(data, row * columns, data, row * columns, columns);
    if (!Number.isFinite(square))
      throw new PipelineError('E_INPUT', `the embedding of a ${what} (row ${row}) is not finite`, {
        hint: 'The model has probably diverged. Lower the learning rate or clip the gradients.',
      });
    squares[row] = square;
  }
  return squares;
}
