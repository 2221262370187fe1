/**
 * Chooses the example queries of the report: the largest wins and losses of the model against BM25. Their Markdown is
 * written in examples-section.ts.
 */
import { rankGain } from '../summary/comparison.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import type { QueryScores } from '../scoring/scores.ts';

/** One query on which the model and BM25 differ. */
export interface Example {
  readonly query: EvaluatedQuery;
  readonly model: QueryScores;
  readonly bm25: QueryScores;
  readonly gain: number;
}

export interface Examples {
  /** The largest gains first; ties by query_id. */
  readonly wonMost: readonly Example[];
  /** The largest losses first; ties by query_id. */
  readonly lostMost: readonly Example[];
}

export function examplesAgainstBm25(
  queries: readonly EvaluatedQuery[],
  model: readonly QueryScores[],
  bm25: readonly QueryScores[],
  shown: number,
): Examples {
  const all = queries.map((query, i) => ({
    query,
    model: model[i]!,
    bm25: bm25[i]!,
    gain: rankGain(model[i]!, bm25[i]!),
  }));
  const won = all.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  const lost = all.filter(({ gain }) => gain < 0).sort((a, b) => a.gain - b.gain);
  return { wonMost: won.slice(0, shown), lostMost: lost.slice(0, shown) };
}

/** The documents whose text the report shows. */
export function documentsShown({ wonMost, lostMost }: Examples): Uint32Array {
  const shown = [...wonMost, ...lostMost].flatMap(({ query, model, bm25 }) => [
    [...query.relevant.keys()][0],
    model.best,
    bm25.best,
  ]);
  return Uint32Array.from(new Set(shown.filter((document) => document !== undefined))).sort();
}
