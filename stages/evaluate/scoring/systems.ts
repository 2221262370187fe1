/**
 * The systems that are compared, each a way to rank documents for a query: embeddings, BM25, mean word vectors, and the
 * fusion of two lists. Ranked lists are scored elsewhere.
 */
import type { SearchKernels } from '../../../src/engine/kernels/search/search-kernels.ts';
import type { Matrix } from '../../../src/formats/npy.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import type { WordVectors } from '../../../src/formats/vectors.ts';
import { inverseDocumentFrequencies, type Bm25 } from '../../../src/retrieval/bm25.ts';
import { createExactSearch, type ExactSearch } from '../../../src/retrieval/exact.ts';
import type { Both, Retrieved } from '../../../src/retrieval/fusion.ts';
import { meanVectors } from '../../../src/retrieval/mean-vectors.ts';
import { withoutDocument, type Ranking } from '../../../src/retrieval/ranking.ts';
import type { MeanWeighting } from '../parameters.ts';
import type { EvaluatedQuery } from './queries.ts';

export type SystemName = 'model' | 'bm25' | 'fused' | 'mean';

/** Something that ranks documents. */
export interface System {
  readonly name: SystemName;
  /** One ranked list of the whole corpus per query, in the order of the queries, computed lazily. */
  search(queries: readonly EvaluatedQuery[], depth: number): Iterator<Ranking, void>;
  rankCandidates(query: EvaluatedQuery): Ranking;
  /** Scores of the given documents, in their order; equal to those of `search`. */
  scores(query: EvaluatedQuery, documents: Uint32Array): Float64Array;
}

/** The same system, which leaves the ignored document of each query out. Candidates lack it already. */
export function withoutIgnored(system: System): System {
  return {
    ...system,
    *search(queries, depth) {
      const rankings = system.search(queries, depth + 1);
      for (const { ignored } of queries) yield withoutDocument(rankings.next().value!, ignored, depth);
    },
  };
}

/** Ranks by the similarity of query and document vectors; row = id. */
export function vectorSystem(name: SystemName, search: ExactSearch, queries: Matrix): System {
  return {
    name,
    search: (asked, depth) =>
      search.search(
        queries,
        asked.map(({ id }) => id),
        depth,
      ),
    rankCandidates: ({ id, candidates }) => search.rankCandidates(queries, id, candidates),
    scores: ({ id }, documents) => search.scores(queries, id, documents),
  };
}

export function bm25System(bm25: Bm25): System {
  return {
    name: 'bm25',
    search: (queries, depth) =>
      bm25.searchAll(
        queries.map(({ tokens: words }) => words),
        depth,
      ),
    rankCandidates: ({ tokens: words, candidates }) => bm25.rankCandidates(words, candidates),
    scores: ({ tokens: words }, documents) => bm25.scores(words, documents),
  };
}

/** Mean word vectors, compared by cosine; `idf` weights each word as BM25 does. */
export function meanSystem(
  tokens: Tokens,
  vectors: WordVectors,
  weighting: MeanWeighting,
  kernels?: SearchKernels,
): System {
  const weights =
    weighting === 'idf'
      ? inverseDocumentFrequencies(tokens.documents, tokens.vocabulary.tokens.length)
      : undefined;
  const search = createExactSearch(meanVectors(tokens.documents, vectors, weights), 'cosine', kernels);
  return vectorSystem('mean', search, meanVectors(tokens.queries, vectors, weights));
}

/** The lists of one query with the scores of all other documents, as fusion takes them. */
export function retrieved(
  systems: Both<System>,
  lists: Both<Ranking>,
  query: EvaluatedQuery,
): Both<Retrieved> {
  const of = (name: keyof Both<System>): Retrieved => ({
    ranking: lists[name],
    scores: (documents) => systems[name].scores(query, documents),
  });
  return { model: of('model'), bm25: of('bm25') };
}
