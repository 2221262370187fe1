import { firstRelevantRank } from '../../src/retrieval/metrics.ts';
import type { Ranking } from '../../src/retrieval/ranking.ts';
import { CANDIDATE_MEASURES, type Measure } from './measures.ts';
import type { EvaluatedQuery } from './queries.ts';

/** How one system did on one query. */
export interface QueryScores {
  /** From 1; absent where no relevant document is in the list. */
  readonly rank: number | undefined;
  /** The document ranked first; absent where nothing was found. */
  readonly best: number | undefined;
  /** By position in the corpus measures. */
  readonly corpus: readonly number[];
  /** Absent where the query has no candidates. */
  readonly candidates: CandidateScores | undefined;
}

export interface CandidateScores {
  readonly rank: number;
  /** By position in CANDIDATE_MEASURES. */
  readonly values: readonly number[];
}

export function scoreRanking(
  query: EvaluatedQuery,
  ranking: Ranking,
  withinCandidates: Ranking | undefined,
  measures: readonly Measure[],
): QueryScores {
  const { documents } = ranking;
  return {
    rank: firstRelevantRank(documents, query.relevant),
    best: documents[0],
    corpus: measures.map((measure) => measure.of(documents, query.relevant)),
    candidates: withinCandidates && {
      rank: firstRelevantRank(withinCandidates.documents, query.relevantCandidates)!,
      values: CANDIDATE_MEASURES.map((measure) =>
        measure.of(withinCandidates.documents, query.relevantCandidates),
      ),
    },
  };
}

/** Means by the measures' names. */
export type Figures = Readonly<Record<string, number>>;

export interface SystemFigures {
  readonly name: string;
  readonly corpus: Figures;
  /** Absent where no query has candidates. */
  readonly candidates: Figures | undefined;
}

export function averageScores(
  name: string,
  scores: readonly QueryScores[],
  measures: readonly Measure[],
): SystemFigures {
  const within = scores.flatMap(({ candidates }) => (candidates ? [candidates.values] : []));
  return {
    name,
    corpus: means(
      measures,
      scores.map(({ corpus }) => corpus),
    ),
    candidates: within.length === 0 ? undefined : means(CANDIDATE_MEASURES, within),
  };
}

/** What ranking by chance would give on these queries. */
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
      queries.map(({ relevant }) => measures.map((measure) => measure.expected(documents, relevant))),
    ),
    candidates:
      within.length === 0
        ? undefined
        : means(
            CANDIDATE_MEASURES,
            within.map(({ candidates, relevantCandidates }) =>
              CANDIDATE_MEASURES.map((measure) => measure.expected(candidates.length, relevantCandidates)),
            ),
          ),
  };
}

function means(measures: readonly Measure[], rows: readonly (readonly number[])[]): Figures {
  return Object.fromEntries(
    measures.map(({ name }, i) => [name, rows.reduce((sum, values) => sum + values[i]!, 0) / rows.length]),
  );
}
