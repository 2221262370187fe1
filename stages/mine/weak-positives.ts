/**
 * Weak positives: the top documents of a retriever stand in for judgements (Dehghani et al. 2017, "Neural ranking models
 * with weak supervision"). Queries for which the retriever is not sure are left out.
 */
import type { MineParams } from './parameters.ts';
import type { MinedQuery } from './queries.ts';
import type { Retriever } from './retrievers.ts';

export interface WeakPositives {
  /** By query_id. */
  readonly queries: readonly MinedQuery[];
  /** Queries for which the retriever finds fewer documents than `top`. */
  readonly withoutResults: number;
  /** Queries left out by `keep` and `min_margin`. */
  readonly uncertain: number;
}

interface Found {
  readonly mined: MinedQuery;
  readonly margin: number;
}

export function weakPositives(
  queries: readonly number[],
  retriever: Retriever,
  { top, keep, min_margin }: MineParams['positives'],
): WeakPositives {
  const found = queries.flatMap((query): Found[] => {
    const { documents, scores } = retriever.search(query, top + 1);
    if (documents.length < top) return [];
    const positives = new Map(Array.from(documents.subarray(0, top), (document) => [document, 1]));
    return [{ mined: { query, positives, weak: true }, margin: relativeMargin(scores, top) }];
  });
  const most = Math.ceil(keep * found.length);
  const kept = found
    .filter(({ margin }) => margin >= min_margin)
    .sort((a, b) => b.margin - a.margin || a.mined.query - b.mined.query)
    .slice(0, most)
    .map(({ mined }) => mined);
  return {
    queries: kept.sort((a, b) => a.query - b.query),
    withoutResults: queries.length - found.length,
    uncertain: found.length - kept.length,
  };
}

/** (last − next) / |last|, the last being the last positive; without a next result nothing competes with it. */
function relativeMargin(scores: Float64Array, top: number): number {
  const [last, next] = [scores[top - 1]!, scores[top]];
  if (next === undefined) return Infinity;
  return last === 0 ? 0 : (last - next) / Math.abs(last);
}
