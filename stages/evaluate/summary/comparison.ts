/** Compares the model with one rival on the same queries: differences, intervals, p-values, and wins and losses. */
import { random } from '../../../src/base/random.ts';
import { bootstrapIntervals, pairedTest, type Interval } from '../../../src/retrieval/significance.ts';
import type { EvaluateParams } from '../parameters.ts';
import { CANDIDATE_MEASURES, type Measure } from '../scoring/measures.ts';
import type { QueryScores } from '../scoring/scores.ts';

/** Undefined if the rival was not evaluated on that query. */
export type RivalScores = readonly (QueryScores | undefined)[];

export interface Difference {
  /** Mean of the model's value minus the rival's. */
  readonly difference: number;
  readonly interval?: Interval;
  /** Two-sided. */
  readonly p_value?: number;
}
export type Differences = Readonly<Record<string, Difference>>;

export interface Comparison {
  readonly rival: string;
  /** Queries that both were evaluated on. */
  readonly queries: number;
  /** By the rank of the first relevant document. */
  readonly won: number;
  readonly lost: number;
  readonly tied: number;
  readonly corpus: Differences;
  /** Absent if no query has candidates. */
  readonly candidates?: Differences;
}

/** Tests below this p are called significant. */
export const SIGNIFICANT = 0.05;

/** The sign of a difference that is significant. Undefined without a test. */
export function verdict({
  difference,
  p_value: p,
}: Difference): 'better' | 'worse' | 'not significant' | undefined {
  if (p === undefined) return undefined;
  if (p >= SIGNIFICANT || difference === 0) return 'not significant';
  return difference > 0 ? 'better' : 'worse';
}

type Settings = Pick<EvaluateParams, 'bootstrap' | 'permutations' | 'seed'>;

export function compare(
  rival: string,
  model: readonly QueryScores[],
  others: RivalScores,
  measures: readonly Measure[],
  settings: Settings,
): Comparison {
  const pairs = model.flatMap((mine, i) => {
    const theirs = others[i];
    return theirs ? [[mine, theirs] as const] : [];
  });
  const within = pairs.flatMap(([{ candidates: mine }, { candidates: theirs }]) =>
    mine && theirs ? [[mine.values, theirs.values] as const] : [],
  );
  const gains = pairs.map(([mine, theirs]) => rankGain(mine, theirs));
  const corpus = pairs.map(([mine, theirs]) => [mine.corpus, theirs.corpus] as const);
  return {
    rival,
    queries: pairs.length,
    won: gains.filter((gain) => gain > 0).length,
    lost: gains.filter((gain) => gain < 0).length,
    tied: gains.filter((gain) => gain === 0).length,
    corpus: differences(corpus, measures, settings),
    ...(within.length > 0 && { candidates: differences(within, CANDIDATE_MEASURES, settings) }),
  };
}

/** Reciprocal rank of the first minus that of the second, over the whole lists. */
export function rankGain(one: QueryScores, other: QueryScores): number {
  const inverse = (rank: number | undefined): number => (rank === undefined ? 0 : 1 / rank);
  return inverse(one.rank) - inverse(other.rank);
}

/** Leaves out measures that the rival does not have. */
function differences(
  pairs: readonly (readonly [readonly number[], readonly number[]])[],
  measures: readonly Measure[],
  { bootstrap, permutations, seed }: Settings,
): Differences {
  const columns = measures
    .map(({ name }, m) => ({
      name,
      mine: pairs.map(([values]) => values[m]!),
      theirs: pairs.map(([, values]) => values[m]!),
      values: Float64Array.from(pairs, ([mine, theirs]) => mine[m]! - theirs[m]!),
    }))
    .filter(({ values }) => values.every((value) => !Number.isNaN(value)));
  const intervals =
    bootstrap.samples === 0
      ? []
      : bootstrapIntervals(
          columns.map(({ values }) => values),
          bootstrap,
          random(seed, 'bootstrap'),
        );
  return Object.fromEntries(
    columns.map(({ name, mine, theirs, values }, c) => [
      name,
      {
        difference: values.reduce((sum, value) => sum + value, 0) / values.length,
        ...(intervals[c] && { interval: intervals[c] }),
        ...(permutations > 0 && {
          p_value: pairedTest(theirs, mine, { seed, samples: permutations }).p,
        }),
      },
    ]),
  );
}
