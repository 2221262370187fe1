import type { Matrix } from '../../src/formats/npy.ts';
import type { AnnIndex } from '../../src/retrieval/ann.ts';
import type { ExactSearch } from '../../src/retrieval/exact.ts';

const K = 10;
const MOST_QUERIES = 256;
const FEWEST_QUERIES = 16;
/** Vector comparisons that exact search makes in about half a second at 128 dimensions. */
const COMPARISONS = 6_000_000;

/**
 * Recall@10: the fraction of the true 10 nearest documents that the index finds, on evenly spaced queries; undefined
 * without queries. A quick check that the index works; `evaluate` measures recall on a split.
 */
export function recallAgainstExact(
  exact: ExactSearch,
  index: AnnIndex,
  queries: Matrix,
  documents: number,
): number | undefined {
  if (queries.rows === 0) return undefined;
  const affordable = Math.max(FEWEST_QUERIES, Math.floor(COMPARISONS / documents));
  const size = Math.min(queries.rows, MOST_QUERIES, affordable);
  const rows = Array.from({ length: size }, (_, i) => Math.floor((i * queries.rows) / size));
  let found = 0;
  let wanted = 0;
  for (const [i, { documents: nearest }] of [...exact.search(queries, rows, K)].entries()) {
    const start = rows[i]! * queries.columns;
    const proposed = new Set(
      index.search(queries.data.subarray(start, start + queries.columns), K).documents,
    );
    found += nearest.reduce((count, document) => count + (proposed.has(document) ? 1 : 0), 0);
    wanted += nearest.length;
  }
  return found / wanted;
}
