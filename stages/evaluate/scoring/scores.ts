/**
 * The scores of one system on one query: the values of all measures for one ranked list. Means over queries are in
 * summary/figures.ts.
 */
import { firstRelevantRank } from '../../../src/retrieval/metrics.ts';
import type { Ranking } from '../../../src/retrieval/ranking.ts';
import { CANDIDATE_MEASURES, type Measure } from './measures.ts';
import type { EvaluatedQuery } from './queries.ts';

/** The scores of one system on one query. */
export interface QueryScores {
  /** Rank of the first relevant document, from 1; absent if there is none in the list. */
  readonly rank: number | undefined;
  /** The document at rank 1; absent if the list is empty. */
  readonly best: number | undefined;
  /** By position in the corpus measures. */
  readonly corpus: readonly number[];
  /** Absent if the query has no candidates. */
  readonly candidates: CandidateScores | undefined;
}

export interface CandidateScores {
  readonly rank: number;
  /** By position in CANDIDATE_MEASURES. */
  readonly values: readonly number[];
}

/** By system, in the order of the report; the scores of each by position in the queries. */
export type Scores = ReadonlyMap<string, readonly QueryScores[]>;

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
