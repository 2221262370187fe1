import type { EvaluatedQuery } from './queries.ts';
import type { QueryScores } from './scores.ts';

/** One query on which the model and BM25 differ. */
export interface Difference {
  readonly query: EvaluatedQuery;
  readonly model: QueryScores;
  readonly bm25: QueryScores;
  /** Reciprocal rank of the model minus BM25's; not cut off before the lists end. */
  readonly gain: number;
}

export interface Comparison {
  readonly won: number;
  readonly lost: number;
  readonly tied: number;
  /** The largest gains first … */
  readonly wonMost: readonly Difference[];
  /** … and the largest losses first; equal ones by query_id. */
  readonly lostMost: readonly Difference[];
}

const SHOWN = 10;

const inverse = (rank: number | undefined): number => (rank === undefined ? 0 : 1 / rank);

export function compareWithBm25(
  queries: readonly EvaluatedQuery[],
  model: readonly QueryScores[],
  bm25: readonly QueryScores[],
): Comparison {
  const differences = queries.map((query, i) => ({
    query,
    model: model[i]!,
    bm25: bm25[i]!,
    gain: inverse(model[i]!.rank) - inverse(bm25[i]!.rank),
  }));
  const won = differences.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  const lost = differences.filter(({ gain }) => gain < 0).sort((a, b) => a.gain - b.gain);
  return {
    won: won.length,
    lost: lost.length,
    tied: differences.length - won.length - lost.length,
    wonMost: won.slice(0, SHOWN),
    lostMost: lost.slice(0, SHOWN),
  };
}
