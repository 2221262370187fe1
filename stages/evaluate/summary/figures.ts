/**
 * Computes the figures of a system from the scores of single queries: means, bootstrap confidence intervals, and the
 * expected values for a random order. Differences between systems are in comparison.ts.
 */
import { random } from '../../../src/base/random.ts';
import { bootstrapIntervals, type Bootstrap, type Interval } from '../../../src/retrieval/significance.ts';
import { CANDIDATE_MEASURES, type Measure } from '../scoring/measures.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import type { QueryScores } from '../scoring/scores.ts';

/** Means by measure. */
export type Figures = Readonly<Record<string, number>>;
export type Intervals = Readonly<Record<string, Interval>>;

export interface SystemFigures {
  readonly name: string;
  readonly corpus: Figures;
  /** Absent if no query has candidates. */
  readonly candidates?: Figures;
  /** Absent if intervals are disabled, and for expected values. */
  readonly intervals?: { readonly corpus: Intervals; readonly candidates?: Intervals };
}

export function averageScores(
  name: string,
  scores: readonly QueryScores[],
  measures: readonly Measure[],
): SystemFigures {
  const { corpus, candidates } = valuesOf(scores);
  return {
    name,
    corpus: means(measures, corpus),
    ...(candidates.length > 0 && { candidates: means(CANDIDATE_MEASURES, candidates) }),
  };
}

export function intervalsOf(
  scores: readonly QueryScores[],
  measures: readonly Measure[],
  bootstrap: Bootstrap,
  seed: number,
): NonNullable<SystemFigures['intervals']> {
  const { corpus, candidates } = valuesOf(scores);
  const named = (by: readonly Measure[], rows: readonly (readonly number[])[]): Intervals => {
    const columns = by.map((_, m) => Float64Array.from(rows, (values) => values[m]!));
    const intervals = bootstrapIntervals(columns, bootstrap, random(seed, 'bootstrap'));
    return Object.fromEntries(by.map(({ name }, m) => [name, intervals[m]!]));
  };
  return {
    corpus: named(measures, corpus),
    ...(candidates.length > 0 && { candidates: named(CANDIDATE_MEASURES, candidates) }),
  };
}

function valuesOf(scores: readonly QueryScores[]): Record<'corpus' | 'candidates', (readonly number[])[]> {
  return {
    corpus: scores.map(({ corpus }) => corpus),
    candidates: scores.flatMap(({ candidates }) => (candidates ? [candidates.values] : [])),
  };
}

/** The expected figures of a random order on these queries. */
export function randomFigures(
  queries: readonly EvaluatedQuery[],
  documents: number,
  measures: readonly Measure[],
): SystemFigures {
  const within = queries.filter(({ candidates }) => candidates.length > 0);
  return {
    name: 'random',
    corpus: means(
      measures,
      queries.map(({ relevant, ignored }) => {
        const ranked = ignored === undefined ? documents : documents - 1;
        return measures.map((measure) => measure.expected(ranked, relevant));
      }),
    ),
    ...(within.length > 0 && {
      candidates: means(
        CANDIDATE_MEASURES,
        within.map(({ candidates, relevantCandidates }) =>
          CANDIDATE_MEASURES.map((measure) => measure.expected(candidates.length, relevantCandidates)),
        ),
      ),
    }),
  };
}

function means(measures: readonly Measure[], rows: readonly (readonly number[])[]): Figures {
  return Object.fromEntries(
    measures.map(({ name }, i) => [name, rows.reduce((sum, values) => sum + values[i]!, 0) / rows.length]),
  );
}
