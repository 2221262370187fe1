/**
 * Fusion of an embedding model and BM25 into one ranking. `fuse` answers one query; `evaluate` measures the same
 * function that answers questions. How the weight is chosen is in fusion-choice.ts.
 *
 * - `convex`: score(d) = weight · model(d) + (1 − weight) · bm25(d), of scores normalised for each query.
 * - `rrf`: reciprocal rank fusion of the two lists.
 *
 * Min-max normalisation (Bruch, Gai and Ingber 2023, "An analysis of fusion functions for hybrid retrieval"): the
 * model's scores are mapped linearly, the highest to 1 and the lowest to 0, of the documents that are among the first
 * `WINDOW` of either list. Documents further down are mapped by the same line, so below 0 at times. BM25's scores are
 * divided by the highest, so that a document without a word of the query has 0. A document that only one list holds
 * gets its true score from the other retriever. Where all scores are equal, each is 0, and so is one that is not finite.
 *
 * A weight of 1 gives the model's list and a weight of 0 that of BM25. Equal scores are ordered by doc_id.
 */
import type { Fusion } from '../formats/fusion.ts';
import { rank, type Ranking } from './ranking.ts';

/** Documents at the head of each list that set the scale of the model's scores, however deep the lists are. */
export const WINDOW = 100;

/** One value for each of the two retrievers. */
export interface Both<T> {
  readonly model: T;
  readonly bm25: T;
}

/** What a retriever answers to one query. */
export interface Retrieved {
  readonly ranking: Ranking;
  /** The retriever's scores of any documents, in their order; equal to those in the ranking. */
  scores(documents: Uint32Array): Float64Array;
}

/** The best `depth` documents by both retrievers together, for one query. */
export function fuse(retrieved: Both<Retrieved>, fusion: Fusion, depth: number): Ranking {
  return fusePool(poolOf(retrieved), fusion, depth);
}

/** Both answers to one query, prepared for fusing them with any method and weight. */
export interface FusionPool {
  readonly lists: Both<Ranking>;
  /** Members of either list, ascending. */
  readonly documents: Uint32Array;
  /** Ranks in each list, from 1, by position in `documents`; 0 where the list lacks the document. */
  readonly ranks: Both<Uint32Array>;
  /** Normalised scores, by position in `documents`. */
  readonly scores: Both<Float64Array>;
  readonly normalise: Both<(score: number) => number>;
}

export function poolOf({ model, bm25 }: Both<Retrieved>): FusionPool {
  const lists = { model: model.ranking, bm25: bm25.ranking };
  const { documents, ranks } = union(lists);
  const raw = {
    model: scoresOf(model, documents, ranks.model),
    bm25: scoresOf(bm25, documents, ranks.bm25),
  };
  const inWindow = (position: number): boolean => position > 0 && position <= WINDOW;
  const head = raw.model.filter((_, i) => inWindow(ranks.model[i]!) || inWindow(ranks.bm25[i]!));
  const normalise = { model: betweenLeastAndMost(head), bm25: upTo(highest(raw.bm25)) };
  const scores = { model: raw.model.map(normalise.model), bm25: raw.bm25.map(normalise.bm25) };
  return { lists, documents, ranks, scores, normalise };
}

export function fusePool(pool: FusionPool, fusion: Fusion, depth: number): Ranking {
  return (
    byListsAlone(pool.lists, fusion, depth) ??
    rank(pool.documents, convexScores(pool.scores, fusion.weight), depth)
  );
}

/** The same documents as both lists hold, such as the candidates of a query, with the scores that the pool gives. */
export function fuseCandidates(pool: FusionPool, candidates: Both<Ranking>, fusion: Fusion): Ranking {
  const alone = byListsAlone(candidates, fusion, Infinity);
  if (alone) return alone;
  const { documents, scores } = candidates.model;
  const ranks = ranksIn(candidates.bm25, documents);
  const both = {
    model: scores.map(pool.normalise.model),
    bm25: Float64Array.from(ranks, (place) => pool.normalise.bm25(candidates.bm25.scores[place - 1]!)),
  };
  return rank(documents, convexScores(both, fusion.weight));
}

/** Of normalised scores, by position. */
export function convexScores({ model, bm25 }: Both<Float64Array>, weight: number): Float64Array {
  return model.map((score, i) => weight * score + (1 - weight) * bm25[i]!);
}

/**
 * What needs no scores: rank fusion, and a weight of 0 or 1, where rounding in a sum could make close scores equal.
 * Undefined for other fusions.
 */
function byListsAlone({ model, bm25 }: Both<Ranking>, fusion: Fusion, depth: number): Ranking | undefined {
  const { weight } = fusion;
  if (weight === 0 || weight === 1) {
    const { documents, scores } = weight === 1 ? model : bm25;
    return { documents: documents.subarray(0, depth), scores: scores.subarray(0, depth) };
  }
  if (fusion.method === 'convex') return undefined;
  const lists = [
    { documents: model.documents, weight },
    { documents: bm25.documents, weight: 1 - weight },
  ];
  return reciprocalRankFusion(lists, fusion.k, depth);
}

/** Above any rank; times any doc_id it stays exact. */
const RANKS = 2 ** 21;

/** Places of a list by document, as doc_id · RANKS + rank: numbers are sorted faster than by a comparison function. */
function placesByDocument({ documents }: Ranking): Float64Array {
  const places = new Float64Array(documents.length);
  for (let i = 0; i < places.length; i++) places[i] = documents[i]! * RANKS + i + 1;
  return places.sort();
}

function union({ model, bm25 }: Both<Ranking>): Pick<FusionPool, 'documents' | 'ranks'> {
  const [left, right] = [placesByDocument(model), placesByDocument(bm25)];
  const most = left.length + right.length;
  const documents = new Uint32Array(most);
  const ranks = { model: new Uint32Array(most), bm25: new Uint32Array(most) };
  let [i, j, count] = [0, 0, 0];
  for (; i < left.length || j < right.length; count++) {
    const place = Math.min(left[i] ?? Infinity, right[j] ?? Infinity);
    const document = Math.floor(place / RANKS);
    const next = (document + 1) * RANKS;
    documents[count] = document;
    if (i < left.length && left[i]! < next) ranks.model[count] = left[i++]! - document * RANKS;
    if (j < right.length && right[j]! < next) ranks.bm25[count] = right[j++]! - document * RANKS;
  }
  const cut = (array: Uint32Array): Uint32Array => array.subarray(0, count);
  return { documents: cut(documents), ranks: { model: cut(ranks.model), bm25: cut(ranks.bm25) } };
}

function ranksIn(ranking: Ranking, documents: Uint32Array): Uint32Array {
  const places = new Map<number, number>();
  for (const [position, document] of ranking.documents.entries()) places.set(document, position + 1);
  return documents.map((document) => places.get(document) ?? 0);
}

/** Listed documents keep the score of the list; only the others are scored. */
function scoresOf(retrieved: Retrieved, documents: Uint32Array, ranks: Uint32Array): Float64Array {
  const others = retrieved.scores(documents.filter((_, i) => ranks[i] === 0));
  const listed = retrieved.ranking.scores;
  const scores = new Float64Array(ranks.length);
  let next = 0;
  for (let i = 0; i < scores.length; i++)
    scores[i] = ranks[i] === 0 ? others[next++]! : listed[ranks[i]! - 1]!;
  return scores;
}

const highest = (scores: Float64Array): number =>
  scores.reduce((most, score) => (Number.isFinite(score) && score > most ? score : most), -Infinity);

function betweenLeastAndMost(scores: Float64Array): (score: number) => number {
  const least = -highest(scores.map((score) => -score));
  const width = highest(scores) - least;
  return width > 0 ? (score) => (Number.isFinite(score) ? (score - least) / width : 0) : () => 0;
}

function upTo(most: number): (score: number) => number {
  return most > 0 ? (score) => (Number.isFinite(score) ? score / most : 0) : () => 0;
}

export interface FusionList {
  readonly documents: Uint32Array;
  /** Weight of the list, relative to the others. */
  readonly weight: number;
}

/**
 * Weighted reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): score(d) = Σ over the lists that contain d of
 * weight / (k + rank). A larger k flattens the difference between ranks. The paper uses k = 60 and equal weights.
 */
export function reciprocalRankFusion(lists: readonly FusionList[], k: number, depth: number): Ranking {
  const scores = new Map<number, number>();
  for (const { documents, weight } of lists) {
    for (const [position, document] of documents.entries())
      scores.set(document, (scores.get(document) ?? 0) + weight / (k + position + 1));
  }
  return rank([...scores.keys()], [...scores.values()], depth);
}
