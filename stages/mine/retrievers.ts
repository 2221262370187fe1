/** Retrievers that find and score documents for queries: BM25, and the interface of the earlier model. */
import { row } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { createBm25, type Bm25, type Bm25Parameters } from '../../src/retrieval/bm25.ts';
import type { Ranking } from '../../src/retrieval/ranking.ts';

export interface Retriever {
  readonly name: 'bm25' | 'model';
  /** At most k documents, best first. Queries come in the order in which they are mined. */
  search(query: number, k: number): Ranking;
  /** Scores of these documents, in their order. */
  scores(query: number, documents: Uint32Array): Float64Array;
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
