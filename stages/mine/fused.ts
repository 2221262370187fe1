/**
 * The convex fusion of an earlier model and BM25 as a retriever: weight · model(d) + (1 − weight) · bm25(d), of scores
 * normalised for each query (Bruch, Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval"). The
 * model's scores of the documents in either list are mapped to 0 … 1; BM25's are divided by the highest. A document
 * outside both lists is mapped by the same lines.
 */
import { rank } from '../../src/retrieval/ranking.ts';
import type { Retriever } from './retrievers.ts';

/** Length of the two lists that are fused. */
export const FUSED_DEPTH = 100;

export function fusedRetriever(model: Retriever, bm25: Retriever, weight: number): Retriever {
  let scale: { readonly query: number; readonly scaled: Scaled } | undefined;
  const scaledFor = (query: number): Scaled => {
    if (scale?.query !== query) scale = { query, scaled: scaledScores(model, bm25, query, weight) };
    return scale.scaled;
  };
  return {
    name: 'fusion',
    search: (query, k) => {
      const { documents, scores } = scaledFor(query);
      return rank(documents, scores(documents), k);
    },
    scores: (query, documents) => scaledFor(query).scores(documents),
  };
}

interface Scaled {
  /** Those of either list. */
  readonly documents: Uint32Array;
  readonly scores: (documents: Uint32Array) => Float64Array;
}

function scaledScores(model: Retriever, bm25: Retriever, query: number, weight: number): Scaled {
  const lists = [model, bm25].map((retriever) => retriever.search(query, FUSED_DEPTH).documents);
  const documents = Uint32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
  const ofModel = model.scores(query, documents);
  const least = ofModel.reduce((low, score) => Math.min(low, score), Infinity);
  const width = ofModel.reduce((high, score) => Math.max(high, score), -Infinity) - least;
  const most = bm25.scores(query, documents).reduce((high, score) => Math.max(high, score), 0);
  return {
    documents,
    scores: (wanted) => {
      const lexical = bm25.scores(query, wanted);
      return model.scores(query, wanted).map((score, i) => {
        const dense = width > 0 ? (score - least) / width : 0;
        return weight * dense + (1 - weight) * (most > 0 ? lexical[i]! / most : 0);
      });
    },
  };
}
