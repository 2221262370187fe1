/**
 * The documents that validation ranks: all of them, or of a larger corpus a sample with the relevant ones, hard ones and
 * random ones. Random ones alone would be so easy that weights of different quality could hardly be told apart.
 */
import { random, shuffle } from '../../src/base/random.ts';
import { row, rowCount } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { createBm25 } from '../../src/retrieval/bm25.ts';

/** Hard documents of a query: its candidates, or its best by BM25. */
const HARD_PER_QUERY = 10;
/** An index of more tokens would need gigabytes; then the sample has no hard documents without candidates. */
const MOST_INDEXED_TOKENS = 100_000_000;
const BM25 = { k1: 0.9, b: 0.4 };

/** `relevant`: of the queries; they are always in. doc_ids, ascending. */
export function validationDocuments(
  tokens: Tokens,
  queries: Iterable<number>,
  relevant: Iterable<number>,
  most: number,
  seed: number,
): Uint32Array {
  const all = Uint32Array.from({ length: rowCount(tokens.documents) }, (_, i) => i);
  if (all.length <= most) return all;
  const chosen = new Set(relevant);
  // At least as many places are left to random documents, which are most of what a search has to reject.
  const hardEnd = chosen.size + Math.floor((most - chosen.size) / 2);
  for (const document of hardDocuments(tokens, [...queries])) {
    if (chosen.size >= hardEnd) break;
    chosen.add(document);
  }
  for (const document of shuffle(all, random(seed, 'validation documents'))) {
    if (chosen.size >= most) break;
    chosen.add(document);
  }
  return Uint32Array.from(chosen).sort();
}

/** The hardest of each query first, then the second of each, and so on. */
function* hardDocuments(tokens: Tokens, queries: readonly number[]): Generator<number> {
  const lists = hardLists(tokens, queries);
  for (let rank = 0; rank < HARD_PER_QUERY; rank++)
    for (const list of lists) if (rank < list.length) yield list[rank]!;
}

function hardLists(tokens: Tokens, queries: readonly number[]): Uint32Array[] {
  const candidates = queries.map((query) => row(tokens.candidates, query));
  if (candidates.some(({ length }) => length > 0)) return candidates;
  if (tokens.documents.values.length > MOST_INDEXED_TOKENS) return [];
  const bm25 = createBm25(tokens.documents, tokens.vocabulary.tokens.length, BM25);
  return queries.map((query) => bm25.search(row(tokens.queries, query), HARD_PER_QUERY).documents);
}
