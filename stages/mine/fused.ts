/**
 * The convex fusion of an earlier model and BM25 as a retriever (src/retrieval/fusion.ts), which scores any documents:
 * those outside both lists are normalised by the same lines.
 */
import { convexScores, poolOf, type FusionPool, type Retrieved } from '../../src/retrieval/fusion.ts';
import { rank } from '../../src/retrieval/ranking.ts';
import type { Retriever } from './retrievers.ts';

/** Length of the two lists that are fused. */
export const FUSED_DEPTH = 100;

export function fusedRetriever(model: Retriever, bm25: Retriever, weight: number): Retriever {
  let latest: { readonly query: number; readonly pool: FusionPool } | undefined;
  const poolFor = (query: number): FusionPool => {
    if (latest?.query !== query) latest = { query, pool: bothLists(model, bm25, query) };
    return latest.pool;
  };
  return {
    name: 'fusion',
    search: (query, k) => {
      const { documents, scores } = poolFor(query);
      return rank(documents, convexScores(scores, weight), k);
    },
    scores: (query, documents) => {
      const { normalise } = poolFor(query);
      const scores = {
        model: model.scores(query, documents).map(normalise.model),
        bm25: bm25.scores(query, documents).map(normalise.bm25),
      };
      return convexScores(scores, weight);
    },
  };
}

function bothLists(model: Retriever, bm25: Retriever, query: number): FusionPool {
  const answer = (retriever: Retriever): Retrieved => ({
    ranking: retriever.search(query, FUSED_DEPTH),
    scores: (documents) => retriever.scores(query, documents),
  });
  return poolOf({ model: answer(model), bm25: answer(bm25) });
}
