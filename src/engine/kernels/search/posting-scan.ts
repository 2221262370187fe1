/** Lays out the memory of BM25 for many queries (assembly/lib/bm25.ts) and runs it on threads. */
import { BM25_BLOCK, searchOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import { createScope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import type { Found } from './found.ts';

/** An inverted index whose arrays lie in the memory of the threads. */
export interface SharedPostings {
  /** Postings of token t are at offsets[t] up to, not including, offsets[t + 1]. */
  readonly offsets: Uint32Array;
  /** Documents, ascending within a token. */
  readonly documents: Uint32Array;
  /** What each posting adds to the score of its document: above 0. */
  readonly weights: Float64Array;
  /** Number of documents of the corpus. */
  readonly count: number;
}

export interface PostingScan {
  /** How many queries to search at once. */
  atOnce(k: number): number;
  /** The best documents above 0 for each query, a list of tokens, all below the size of the vocabulary. 0 < k ≤ MOST_RESULTS */
  search(queries: readonly Uint32Array[], k: number): Found[];
}

const QUERIES_A_JOB = 8;
const MOST_AT_ONCE = 1024;
/** Documents times queries between two reports. */
const ROUND = 2e8;
/** For the results of the queries searched at once. */
const MOST_RESULT_BYTES = 2 ** 26;

const capacityFor = (k: number): number => 2 * k + 64;

export function createPostingScan(
  { heap, pool }: { readonly heap: Heap; readonly pool: ThreadPool },
  postings: SharedPostings,
): PostingScan {
  const search: PostingScan['search'] = (queries, k) => {
    const capacity = capacityFor(k);
    const starts = new Uint32Array(queries.length + 1);
    for (const [i, { length }] of queries.entries()) starts[i + 1] = starts[i]! + length;
    const tokens = new Uint32Array(starts[queries.length]!);
    for (const [i, query] of queries.entries()) tokens.set(query, starts[i]);
    const scope = createScope(heap);
    const at = {
      tokens: scope.put(tokens),
      starts: scope.put(starts),
      scores: scope.allocate(2 * queries.length * capacity),
      found: scope.allocate(queries.length * capacity),
      counts: scope.allocate(queries.length),
    };
    const jobs = ranges(queries.length, QUERIES_A_JOB).map(({ from, count }): Job => [
      op.bm25({
        tokens: at.tokens,
        starts: at.starts + 4 * from,
        count,
        offsets: postings.offsets.byteOffset,
        postings: postings.documents.byteOffset,
        weights: postings.weights.byteOffset,
        documents: postings.count,
        k,
        capacity,
        scores: at.scores + 8 * from * capacity,
        found: at.found + 4 * from * capacity,
        counts: at.counts + 4 * from,
      }),
    ]);
    const longest = queries.reduce((most, { length }) => Math.max(most, length), 0);
    pool.run(jobs, 8 * BM25_BLOCK + 4 * longest);
    const counts = heap.u32(at.counts, queries.length);
    const found = queries.map((_, query): Found => ({
      documents: heap.u32(at.found + 4 * query * capacity, counts[query]!).slice(),
      scores: heap.f64(at.scores + 8 * query * capacity, counts[query]!).slice(),
    }));
    scope.release();
    return found;
  };

  const atOnce: PostingScan['atOnce'] = (k) => {
    const least = 2 * pool.threads * QUERIES_A_JOB;
    const wanted = Math.max(least, Math.min(MOST_AT_ONCE, Math.floor(ROUND / postings.count)));
    return Math.max(1, Math.min(wanted, Math.floor(MOST_RESULT_BYTES / (12 * capacityFor(k)))));
  };
  return { atOnce, search };
}
