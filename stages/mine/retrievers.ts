/** Retrievers that find and score documents for queries: BM25, and the interface that the earlier model and the fusion have too. */
import { row } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { createBm25, type Bm25, type Bm25Parameters } from '../../src/retrieval/bm25.ts';
import { withoutDocument, type Ranking } from '../../src/retrieval/ranking.ts';

export interface Retriever {
  readonly name: 'bm25' | 'model' | 'fusion';
  /** At most k documents, best first. Queries come in the order in which they are mined. */
  search(query: number, k: number): Ranking;
  /** Scores of these documents, in their order. */
  scores(query: number, documents: Uint32Array): Float64Array;
}

/** The same retriever, which leaves these documents out, by query: they take no rank. */
export function withoutIgnored(retriever: Retriever, ignored: ReadonlyMap<number, number>): Retriever {
  if (ignored.size === 0) return retriever;
  return {
    ...retriever,
    search: (query, k) => withoutDocument(retriever.search(query, k + 1), ignored.get(query), k),
  };
}

export function bm25Retriever(tokens: Tokens, parameters: Bm25Parameters): Retriever {
  let made: Bm25 | undefined;
  const bm25 = (): Bm25 =>
    (made ??= createBm25(tokens.documents, tokens.vocabulary.tokens.length, parameters));
  return {
    name: 'bm25',
    search: (query, k) => bm25().search(row(tokens.queries, query), k),
    scores: (query, documents) => bm25().scores(row(tokens.queries, query), documents),
  };
}
