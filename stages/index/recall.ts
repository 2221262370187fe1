/** Recall of an index against exact search, and the search expansion that reaches a wanted recall. */
import type { Matrix } from '../../src/formats/npy.ts';
import type { AnnIndex } from '../../src/retrieval/ann.ts';
import type { ExactSearch } from '../../src/retrieval/exact.ts';
import { LARGEST_EXPANSION } from './parameters.ts';

const K = 10;
const MOST_QUERIES = 256;
const FEWEST_QUERIES = 16;
/** Vector comparisons that exact search makes in about half a second at 128 dimensions. */
const COMPARISONS = 6_000_000;
/** A target such as 0.99 is a promise, so more queries are worth their time. */
const MOST_FOR_TARGET = 1024;
const FEWEST_FOR_TARGET = 200;
const COMPARISONS_FOR_TARGET = 10 * COMPARISONS;

/** Queries and the true 10 nearest documents of each. */
export interface RecallSample {
  /** [queries, D] */
  readonly vectors: Float32Array;
  readonly nearest: readonly Uint32Array[];
}

/** Which vectors are searched for. */
export interface Asked {
  readonly asked: Matrix;
  readonly rows: readonly number[];
}

/**
 * Evenly spaced queries; documents stand in for queries where there are none and a target needs a measurement. Undefined
 * if there is nothing to measure with.
 */
export function queriesToMeasure(queries: Matrix, documents: Matrix, hasTarget: boolean): Asked | undefined {
  const asked = queries.rows === 0 && hasTarget ? documents : queries;
  if (asked.rows === 0) return undefined;
  const [most, fewest, comparisons] = hasTarget
    ? [MOST_FOR_TARGET, FEWEST_FOR_TARGET, COMPARISONS_FOR_TARGET]
    : [MOST_QUERIES, FEWEST_QUERIES, COMPARISONS];
  const affordable = Math.max(fewest, Math.floor(comparisons / documents.rows));
  const size = Math.min(asked.rows, most, affordable);
  return { asked, rows: Array.from({ length: size }, (_, i) => Math.floor((i * asked.rows) / size)) };
}

/** With their exact neighbours. */
export function recallSample(exact: ExactSearch, { asked, rows }: Asked): RecallSample {
  const { columns, data } = asked;
  const vectors = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries())
    vectors.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  return {
    vectors,
    nearest: Array.from(exact.search(asked, rows, K), ({ documents: found }) => found),
  };
}

/** Recall@10: the fraction of the true 10 nearest documents that the index finds. */
export function recallOf(index: AnnIndex, { vectors, nearest }: RecallSample, threads: number): number {
  let found = 0;
  let wanted = 0;
  for (const [i, { documents }] of index.searchAll(vectors, K, threads).entries()) {
    const proposed = new Set(documents);
    found += nearest[i]!.reduce((count, document) => count + (proposed.has(document) ? 1 : 0), 0);
    wanted += nearest[i]!.length;
  }
  return found / wanted;
}

export interface Expansion {
  readonly expansion: number;
  readonly recall: number;
}

/**
 * Doubles the expansion until the target is met. Ends at the number of documents, beyond which there is nothing more to
 * examine, or at the largest expansion; the last step is returned there although it misses the target.
 */
export async function expansionFor(
  target: number,
  start: number,
  documents: number,
  recallAt: (expansion: number) => Promise<number>,
): Promise<Expansion> {
  const largest = Math.max(start, Math.min(LARGEST_EXPANSION, documents));
  for (let expansion = start; ; expansion = Math.min(2 * expansion, largest)) {
    const recall = await recallAt(expansion);
    if (recall >= target || expansion === largest) return { expansion, recall };
  }
}
