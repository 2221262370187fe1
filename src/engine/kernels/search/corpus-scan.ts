/**
 * Lays out the memory of exact search (assembly/lib/exact-search.ts explains how it computes and why its results are
 * exact) and runs it on threads: each takes some queries through the whole corpus. A large corpus is copied into the
 * shared memory slab by slab.
 */
import type { Similarity } from '../../../formats/embeddings.ts';
import type { Matrix } from '../../../formats/npy.ts';
import { QUERY_BLOCK, searchOperations as op, SIMILARITY } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges, type Range } from '../threads/ranges.ts';
import { createScope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import type { Found } from './found.ts';

export interface CorpusScan {
  /** How many queries to search at once: enough for all threads, little enough to report progress in between. */
  atOnce(k: number): number;
  /** queries: [asked, dimensions], squares: their squared norms [asked]. 0 < k ≤ MOST_RESULTS */
  search(queries: Float32Array, squares: Float64Array, k: number): Found[];
}

/** Rounding is bounded for as many. */
export const MOST_DIMENSIONS = 65_536;

/** A corpus up to this size stays in the shared memory; of a larger one there is a slab at a time. */
const RESIDENT_BYTES = 2 ** 30;
const SLAB_BYTES = 2 ** 28;
/** For the candidates of the queries searched at once. */
const MOST_CANDIDATE_BYTES = 2 ** 28;
/** Multiplications between two reports. */
const ROUND = 2e10;
const MOST_BLOCKS = 8;
const STATE_BYTES = 48;
/** TILE + 4 lines of products and 2 · MOST_BLOCKS lines of bounds, 4 · QUERY_BLOCK bytes each. */
const SCAN_SCRATCH = (64 + 4 + 2 * MOST_BLOCKS) * QUERY_BLOCK * 4;

const capacityFor = (k: number): number => 2 * k + 256;

/** documents: [documents, D], squares: their squared norms [documents]. */
export function createCorpusScan(
  { heap, pool }: { readonly heap: Heap; readonly pool: ThreadPool },
  documents: Matrix,
  squares: Float64Array,
  similarity: Similarity,
  residentBytes = RESIDENT_BYTES,
  slabBytes = SLAB_BYTES,
): CorpusScan {
  const { rows, columns: dimensions } = documents;
  const rowBytes = 4 * dimensions + 24;
  const slabRows = rows * rowBytes <= residentBytes ? rows : Math.max(1, Math.floor(slabBytes / rowBytes));
  const slabs = ranges(rows, slabRows);
  const at = {
    documents: heap.allocate(4 * slabRows * dimensions),
    squares: heap.allocate(8 * slabRows),
    filters: heap.allocate(16 * slabRows),
  };
  let loaded: Range | undefined;
  const load = (slab: Range): void => {
    if (loaded === slab) return;
    loaded = slab;
    const { from, count } = slab;
    const vectors = documents.data.subarray(from * dimensions, (from + count) * dimensions);
    heap.f32(at.documents, vectors.length).set(vectors);
    const norms = squares.subarray(from, from + count);
    heap.f64(at.squares, count).set(norms);
    heap.f32(at.filters, 4 * count).set(filtersOf(norms, similarity));
  };

  const search: CorpusScan['search'] = (queries, querySquares, k) => {
    const asked = querySquares.length;
    const capacity = capacityFor(k);
    const scope = createScope(heap);
    const blocks = Math.ceil(asked / QUERY_BLOCK);
    const place = {
      columns: scope.allocate(blocks * QUERY_BLOCK * dimensions),
      rows: scope.allocate(asked * dimensions),
      states: scope.allocate((asked * STATE_BYTES) / 4),
      scores: scope.allocate(2 * asked * capacity),
      found: scope.allocate(asked * capacity),
    };
    layOut(queries, asked, dimensions, heap.f32(place.columns, blocks * QUERY_BLOCK * dimensions));
    heap.f32(place.rows, asked * dimensions).set(queries.subarray(0, asked * dimensions));
    heap.f64(place.states, (asked * STATE_BYTES) / 8).set(statesOf(querySquares, dimensions, similarity));
    const share = Math.ceil(asked / (2 * pool.threads * QUERY_BLOCK)) * QUERY_BLOCK;
    const parts = ranges(asked, Math.min(MOST_BLOCKS * QUERY_BLOCK, share));
    for (const slab of slabs) {
      load(slab);
      const jobs = parts.map(({ from, count }): Job => {
        const common = {
          documents: at.documents,
          squares: at.squares,
          first: slab.from,
          dimensions,
          similarity: SIMILARITY[similarity],
          rows: place.rows + 4 * from * dimensions,
          states: place.states + STATE_BYTES * from,
          asked: count,
          scores: place.scores + 8 * from * capacity,
          found: place.found + 4 * from * capacity,
          capacity,
          k,
        };
        const columns = place.columns + 4 * from * dimensions;
        return [op.scan({ ...common, filters: at.filters, count: slab.count, columns }), op.settle(common)];
      });
      pool.run(jobs, SCAN_SCRATCH);
    }
    const found = Array.from({ length: asked }, (_, query): Found => {
      const count = heap.u32(place.states + STATE_BYTES * query + 40, 1)[0]!;
      return {
        documents: heap.u32(place.found + 4 * query * capacity, count).slice(),
        scores: heap.f64(place.scores + 8 * query * capacity, count).slice(),
      };
    });
    scope.release();
    return found;
  };

  const atOnce: CorpusScan['atOnce'] = (k) => {
    const { threads } = pool;
    const most = Math.min(
      threads * MOST_BLOCKS * QUERY_BLOCK,
      Math.floor(MOST_CANDIDATE_BYTES / (12 * capacityFor(k))),
    );
    const wanted = Math.floor(ROUND / (rows * dimensions));
    return Math.max(QUERY_BLOCK, Math.min(most, Math.max(wanted, 2 * threads * QUERY_BLOCK)));
  };
  return { atOnce, search };
}

/** Lays queries out as [blocks, dimensions, QUERY_BLOCK], zeros where there is no query. */
function layOut(queries: Float32Array, asked: number, dimensions: number, to: Float32Array): void {
  to.fill(0, Math.floor(asked / QUERY_BLOCK) * QUERY_BLOCK * dimensions);
  for (let query = 0; query < asked; query++) {
    const lane = query % QUERY_BLOCK;
    const block = (query - lane) * dimensions + lane;
    for (let i = 0; i < dimensions; i++) to[block + i * QUERY_BLOCK] = queries[query * dimensions + i]!;
  }
}

/** Norms for which products of floats neither overflow nor lose bits. */
const isTame = (norm: number): boolean => norm === 0 || (norm > 1e-15 && norm < 1e15);

/** [documents, 4]: scale, radius, offset, unused; see assembly/lib/exact-search.ts. */
function filtersOf(squares: Float64Array, similarity: Similarity): Float32Array {
  const filters = new Float32Array(4 * squares.length);
  for (const [i, square] of squares.entries()) {
    const norm = Math.sqrt(square);
    const tame = isTame(norm);
    const cosine = similarity === 'cosine';
    filters[4 * i] = cosine && tame ? (norm > 0 ? 1 / norm : 0) : 1;
    filters[4 * i + 1] = tame ? (cosine ? Math.sign(norm) : norm) : Infinity;
    // A little less than |d|² / 2, so that rounding it only raises the bound.
    filters[4 * i + 2] = tame && similarity === 'euclidean' ? (square / 2) * (1 - 2 ** -20) : 0;
  }
  return filters;
}

/** [queries, 6]: least, |q|², |q|, error, slack, and the two counts, 0. */
function statesOf(squares: Float64Array, dimensions: number, similarity: Similarity): Float64Array {
  const states = new Float64Array((squares.length * STATE_BYTES) / 8);
  for (const [i, square] of squares.entries()) {
    const norm = Math.sqrt(square);
    const error = isTame(norm) ? 1.01 * (dimensions + 16) * 2 ** -24 * norm : Infinity;
    const slack = similarity === 'euclidean' ? 2 ** -40 * square : 0;
    states.set([-Infinity, square, norm, error, slack, 0], 6 * i);
  }
  return states;
}
