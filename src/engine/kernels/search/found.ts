/** What a search by kernels finds for one query: documents by descending score, equal scores by ascending number. */
export interface Found {
  readonly documents: Uint32Array;
  readonly scores: Float64Array;
}

/** Fewer queries leave threads without work. */
export const FEWEST_FOR_KERNELS = 16;

/** Beyond this many results for each query, memory for candidates would no longer be small. */
export const MOST_RESULTS = 16_384;
