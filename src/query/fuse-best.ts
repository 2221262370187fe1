/**
 * The best documents by both retrievers together, from lists no longer than that takes. `fuse` of lists as long as an
 * evaluation's gives the same documents and scores to the bit, but mostly needs ten times as many documents of each.
 */
import { fuse, fusePool, poolOf, WINDOW, type Both, type Retrieved } from '../retrieval/fusion.ts';
import type { Ranking } from '../retrieval/ranking.ts';
import type { QueryFusion } from './fusion.ts';

/** Each gives its best documents, as many as asked for, and more of the same list where it is asked for more. */
export type Lists = Both<(depth: number) => Retrieved>;

/** Length of the lists to begin with. `isExact`: whether longer lists begin with the shorter ones, which an index does not promise. */
export function firstDepth({ fusion, depth }: QueryFusion, top: number, isExact: boolean): number {
  const whole = Math.max(top, depth);
  // The head of both lists sets the scale of the scores. Rank fusion needs the rank of every document.
  return isExact && fusion.method === 'convex' ? Math.min(whole, Math.max(top, WINDOW)) : whole;
}

export function fuseBest(lists: Lists, { fusion, depth }: QueryFusion, top: number, first: number): Ranking {
  const whole = Math.max(top, depth);
  for (let length = first; length < whole; length *= 2) {
    const both = { model: lists.model(length), bm25: lists.bm25(length) };
    const pool = poolOf(both);
    const ranking = fusePool(pool, fusion, top);
    // No document beyond both lists has more than the last of each; beyond an exhausted list of BM25, none has any.
    const { model, bm25 } = pool.lists;
    const lastWords = bm25.scores.length < length ? 0 : bm25.scores.at(-1)!;
    const others =
      fusion.weight * pool.normalise.model(model.scores.at(-1)!) +
      (1 - fusion.weight) * pool.normalise.bm25(lastWords);
    if (ranking.scores.length === top && ranking.scores.at(-1)! > others) return ranking;
  }
  return fuse({ model: lists.model(whole), bm25: lists.bm25(whole) }, fusion, top);
}
