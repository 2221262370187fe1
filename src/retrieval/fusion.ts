import { rank, type Ranking } from './ranking.ts';

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
