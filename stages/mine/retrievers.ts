/** Retrievers that find and score documents for queries: BM25, and the interface that the earlier model and the fusion have too. */
import { row } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import type { Bm25 } from '../../src/retrieval/bm25.ts';
import { withoutDocument, type Ranking } from '../../src/retrieval/ranking.ts';

export interface Retriever {
  readonly name: 'bm25' | 'model' | 'fusion';
  /** At most k documents, best first. Queries come in the order in which they are mined. */
  search(query: number, k: number): Ranking;
  /** Scores of these documents, in their order. */
  scores(query: number, documents: Uint32Array): Float64Array;
}

/** The queries that a retriever will be asked for, in order, and the largest k. */
export interface Pass {
  readonly queries: readonly number[];
  readonly k: number;
}

/** The same retriever, which leaves these documents out, by query: they take no rank. */
export function withoutIgnored(retriever: Retriever, ignored: ReadonlyMap<number, number>): Retriever {
  if (ignored.size === 0) return retriever;
  return {
    ...retriever,
    search: (query, k) => withoutDocument(retriever.search(query, k + 1), ignored.get(query), k),
  };
}

export function bm25Retriever(tokens: Tokens, open: () => Bm25, { queries, k }: Pass): Retriever {
  const words = (query: number): Uint32Array => row(tokens.queries, query);
  return {
    name: 'bm25',
    search: searchInOrder(queries, () => open().searchAll(queries.map(words), k)),
    scores: (query, documents) => open().scores(words(query), documents),
  };
}

/**
 * Many queries are searched together, on all threads, a part of them at a time; what is found only moves forward.
 * Several sources may ask for the same query. `search` gives a ranking for each of the queries.
 */
export function searchInOrder(
  queries: readonly number[],
  search: () => Iterator<Ranking, void>,
): Retriever['search'] {
  let rankings: Iterator<Ranking, void> | undefined;
  let position = -1;
  let current: Ranking = { documents: new Uint32Array(), scores: new Float64Array() };
  return (query, wanted) => {
    rankings ??= search();
    while (queries[position] !== query) {
      const next = rankings.next();
      if (next.done === true) throw new Error(`query ${query} is not next`);
      current = next.value;
      position += 1;
    }
    return { documents: current.documents.subarray(0, wanted), scores: current.scores.subarray(0, wanted) };
  };
}
