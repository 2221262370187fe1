/**
 * The table of a sweep: for each configuration its metric and additional metrics, their uncertainty, and their
 * difference from the baseline. The deviation over repeats measures the variance of training; the interval and the
 * test measure the variance over queries.
 */
import { random } from '../base/random.ts';
import { bootstrapIntervals, pairedTest, type Interval } from '../retrieval/significance.ts';
import type { Store } from '../store/store.ts';
import { deviationOf, meanOf, type Outcome } from './outcome.ts';
import { queryScores, sameQueries, type Measured, type QueryScores } from './query-scores.ts';
import { metricOf } from './trial.ts';

/** The defaults of reports, so that a single run has the same interval as its report. */
export const BOOTSTRAP = { samples: 1000, confidence: 0.95 };
const BOOTSTRAP_SEED = 42;

/** One metric of one configuration. */
export interface Figure {
  readonly metric: string;
  /** By repeat; null if it has no value. */
  readonly values: readonly (number | null)[];
  /** Mean over the repeats; null if one of them has no value or failed. */
  readonly mean: number | null;
  /** Sample standard deviation over the repeats. */
  readonly deviation: number | null;
  /** Number of queries with a value; null if the metric is not a mean over queries. */
  readonly queries: number | null;
  readonly interval: Interval | null;
  /** Difference from the baseline's mean; null for the baseline itself. */
  readonly difference: number | null;
  /** Sample standard deviation of the differences between matching repeats of this one and the baseline. */
  readonly differenceDeviation: number | null;
  /** p-value of the paired randomisation test over the queries, if both have the same queries. */
  readonly p: number | null;
}

/** What rows are made of. */
export interface MeasuredOutcome extends Measured {
  /** In the order of the sweep. */
  readonly number: number;
  /** For successive halving: the last rung. */
  readonly rung?: number;
}

export interface Row<O extends MeasuredOutcome = Outcome> {
  readonly outcome: O;
  readonly isBaseline: boolean;
  /** The metric by which configurations are ranked; undefined if there is none. */
  readonly metric: Figure | undefined;
  readonly columns: readonly Figure[];
}

/** In the order of the outcomes; `baseline` is the number of a configuration. The store has their reports. */
export async function rowsOf<O extends MeasuredOutcome>(
  store: Pick<Store, 'fetch'>,
  outcomes: readonly O[],
  metric: string | undefined,
  columns: readonly string[],
  baseline?: number,
): Promise<Row<O>[]> {
  const metrics = [...new Set([...(metric === undefined ? [] : [metric]), ...columns])];
  const reference = outcomes.find(({ number }) => number === baseline);
  const against = reference && {
    ...reference,
    scores: await queryScores(store, reference, metrics),
  };
  const rows: Row<O>[] = [];
  for (const outcome of outcomes) {
    const isBaseline = outcome === reference;
    const scores = isBaseline ? against!.scores : await queryScores(store, outcome, metrics);
    const figures = metrics.map((name) => {
      const figure = figureOf(outcome, name, scores.get(name));
      return isBaseline || !against ? figure : { ...figure, ...comparison(outcome, figure, scores, against) };
    });
    rows.push({
      outcome,
      isBaseline,
      metric: figures.find((one) => one.metric === metric),
      columns: columns.map((name) => figures.find((one) => one.metric === name)!),
    });
  }
  return rows;
}

function figureOf(outcome: MeasuredOutcome, metric: string, scores: QueryScores | undefined): Figure {
  const values = outcome.repeats.map(({ state, stages }) =>
    state === 'done' ? metricOf(stages, metric) : null,
  );
  const whole = outcome.state === 'done';
  return {
    metric,
    values,
    mean: whole ? meanOf(values) : null,
    deviation: whole ? deviationOf(values) : null,
    queries: scores?.values.length ?? null,
    interval: scores
      ? bootstrapIntervals([scores.values], BOOTSTRAP, random(BOOTSTRAP_SEED, 'bootstrap'))[0]!
      : null,
    ...NO_COMPARISON,
  };
}

type Comparison = Pick<Figure, 'difference' | 'differenceDeviation' | 'p'>;

const NO_COMPARISON: Comparison = { difference: null, differenceDeviation: null, p: null };

interface Reference extends MeasuredOutcome {
  readonly scores: ReadonlyMap<string, QueryScores>;
}

/** With successive halving, only configurations with the same budget are comparable. */
function comparison(
  outcome: MeasuredOutcome,
  { metric, mean, values }: Figure,
  scores: ReadonlyMap<string, QueryScores>,
  against: Reference,
): Comparison {
  const others = against.repeats.map(({ stages }) => metricOf(stages, metric));
  const other = against.state === 'done' ? meanOf(others) : null;
  if (mean === null || other === null || outcome.rung !== against.rung) return NO_COMPARISON;
  const [own, theirs] = [scores.get(metric), against.scores.get(metric)];
  const paired = own && theirs && sameQueries(own, theirs);
  return {
    difference: mean - other,
    differenceDeviation: deviationOf(values.map((value, repeat) => value! - others[repeat]!)),
    p: paired ? pairedTest(theirs.values, own.values).p : null,
  };
}
