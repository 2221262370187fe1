/** Counts what mining did: the negatives of each source, their hardness, and the rejections by guard. */
import { numberList, type NumberList } from '../../src/base/number-list.ts';
import { distribution, rankHistogram, type Distribution } from './distribution.ts';
import { GUARDS, noRejections, type Rejections } from './guard.ts';

export interface Taken {
  readonly rank: number | undefined;
  readonly score: number | undefined;
  /** The source's score of the positive in the same triplet. */
  readonly positiveScore: number | undefined;
}

interface SourceTally {
  readonly rejected: Rejections;
  negatives: number;
  exhausted: number;
  readonly ranks: NumberList<Float64Array>;
  readonly scores: NumberList<Float64Array>;
  readonly positiveScores: NumberList<Float64Array>;
  readonly gaps: NumberList<Float64Array>;
}

export interface Tally {
  /** Rejected proposals of each source, by position; the guards increment them. */
  readonly rejections: readonly Rejections[];
  took(source: number, query: number, taken: Taken): void;
  exhausted(source: number): void;
  /** Triplets left out because the sources have too few negatives. */
  incomplete: number;
  /** By the sources' names, in their order. */
  perSource(names: readonly string[]): readonly SourceReport[];
  rejected(): Rejections;
  /** Negatives from the sources of `fill`. */
  filled(): Filled;
}

export interface Filled {
  readonly negatives: number;
  readonly queries: number;
  /** The first of them, as query_ids. */
  readonly examples: readonly number[];
}

const EXAMPLES = 20;

export interface SourceReport {
  readonly name: string;
  readonly negatives: number;
  readonly share: number;
  /** How often the source was chosen but had nothing left, so that another one was used. */
  readonly exhausted: number;
  readonly rejected: Rejections;
  /** Absent if the source does not rank and score. */
  readonly hardness?: Hardness;
}

export interface Hardness {
  /** Negatives by rank in the source's list. */
  readonly ranks: Readonly<Record<string, number>>;
  readonly median_rank: number;
  /** The source's own scores: of the negatives, of their positives, and positive minus negative. */
  readonly scores: Distribution;
  readonly positive_scores: Distribution;
  readonly gaps: Distribution;
  /** Fraction of the negatives that the source scores above the positive. */
  readonly above_positive: number;
}

/** Sources from `fills` on are those of `fill`. */
export function createTally(sources: number, fills: number): Tally {
  const tallies = Array.from({ length: sources }, emptyTally);
  const filledQueries = new Set<number>();
  return {
    rejections: tallies.map(({ rejected }) => rejected),
    incomplete: 0,
    took: (source, query, taken) => {
      count(tallies[source]!, taken);
      if (source >= fills) filledQueries.add(query);
    },
    exhausted: (source) => {
      tallies[source]!.exhausted += 1;
    },
    perSource: (names) => {
      const total = tallies.reduce((sum, { negatives }) => sum + negatives, 0);
      return tallies.map((tally, source) => sourceReport(tally, names[source]!, total));
    },
    rejected: () => {
      const sum = noRejections();
      for (const { rejected } of tallies) for (const guard of GUARDS) sum[guard] += rejected[guard];
      return sum;
    },
    filled: () => ({
      negatives: tallies.slice(fills).reduce((sum, { negatives }) => sum + negatives, 0),
      queries: filledQueries.size,
      examples: [...filledQueries].slice(0, EXAMPLES),
    }),
  };
}

function emptyTally(): SourceTally {
  return {
    rejected: noRejections(),
    negatives: 0,
    exhausted: 0,
    ranks: numberList(Float64Array),
    scores: numberList(Float64Array),
    positiveScores: numberList(Float64Array),
    gaps: numberList(Float64Array),
  };
}

function count(tally: SourceTally, { rank, score, positiveScore }: Taken): void {
  tally.negatives += 1;
  if (rank === undefined || score === undefined || positiveScore === undefined) return;
  tally.ranks.push(rank);
  tally.scores.push(score);
  tally.positiveScores.push(positiveScore);
  tally.gaps.push(positiveScore - score);
}

function sourceReport(tally: SourceTally, name: string, total: number): SourceReport {
  const { negatives, exhausted, rejected } = tally;
  const hardness = hardnessOf(tally);
  return {
    name,
    negatives,
    share: total === 0 ? 0 : negatives / total,
    exhausted,
    rejected,
    ...(hardness && { hardness }),
  };
}

function hardnessOf(tally: SourceTally): Hardness | undefined {
  const [ranks, gaps] = [tally.ranks.values(), tally.gaps.values()];
  const [ofRanks, ofScores, ofPositives, ofGaps] = [
    ranks,
    tally.scores.values(),
    tally.positiveScores.values(),
    gaps,
  ].map(distribution);
  if (!ofRanks || !ofScores || !ofPositives || !ofGaps) return undefined;
  return {
    ranks: rankHistogram(ranks),
    median_rank: ofRanks.median,
    scores: ofScores,
    positive_scores: ofPositives,
    gaps: ofGaps,
    above_positive: gaps.filter((gap) => gap < 0).length / gaps.length,
  };
}
