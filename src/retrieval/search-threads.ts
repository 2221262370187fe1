/**
 * Threads for the searches of a stage, where they are worth it: below a threshold of work, on this thread alone a stage
 * ends before kernels are loaded and threads started. Results are the same with and without.
 */
import { openSearchKernels, type SearchKernels } from '../engine/kernels/search/search-kernels.ts';

/** What a stage will search for; about a tenth of a second on one thread without kernels is worth opening them. */
export interface SearchWork {
  readonly queries: number;
  readonly documents: number;
  /** Of the vectors; absent for BM25. */
  readonly dimensions?: number;
}

/** Multiplications a comparison by BM25 is worth: few documents share a rare word with a query, most a frequent one. */
const BM25_COMPARISON = 16;
const ENOUGH = 2e8;

/** Undefined where there is too little to do. The caller disposes of the kernels. */
export async function openSearchThreads(
  threads: number,
  works: readonly SearchWork[],
): Promise<SearchKernels | undefined> {
  const work = works.reduce(
    (sum, { queries, documents, dimensions = BM25_COMPARISON }) => sum + queries * documents * dimensions,
    0,
  );
  return work < ENOUGH ? undefined : openSearchKernels(threads);
}
