/** What a search by kernels finds for one query: documents by descending score, equal scores by ascending number. */
export interface Found {
  readonly documents: Uint32Array;
  readonly scores: Float64Array;
}

/** Beyond this many results for each query, memory for candidates would no longer be small. */
export const MOST_RESULTS = 16_384;
