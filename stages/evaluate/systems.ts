import type { Matrix } from '../../src/formats/npy.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { createBm25, type Bm25Parameters } from '../../src/retrieval/bm25.ts';
import type { ExactSearch } from '../../src/retrieval/exact.ts';
import type { Ranking } from '../../src/retrieval/ranking.ts';
import type { EvaluatedQuery } from './queries.ts';

/** Something that ranks documents. */
export interface System {
  readonly name: 'model' | 'bm25';
  /** One list of the whole corpus for each query, in their order, made as they are asked for. */
  search(queries: readonly EvaluatedQuery[], depth: number): Iterator<Ranking, void>;
  rankCandidates(query: EvaluatedQuery): Ranking;
}

export function modelSystem(search: ExactSearch, vectors: Matrix): System {
  return {
    name: 'model',
    search: (queries, depth) =>
      search.search(
        vectors,
        queries.map(({ id }) => id),
        depth,
      ),
    rankCandidates: ({ id, candidates }) => search.rankCandidates(vectors, id, candidates),
  };
}

export function bm25System(tokens: Tokens, parameters: Bm25Parameters): System {
  const bm25 = createBm25(tokens.documents, tokens.vocabulary.tokens.length, parameters);
  return {
    name: 'bm25',
    *search(queries, depth) {
      for (const query of queries) yield bm25.search(query.tokens, depth);
    },
    rankCandidates: ({ tokens: words, candidates }) => bm25.rankCandidates(words, candidates),
  };
}
