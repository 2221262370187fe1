/**
 * The table of a sweep: for each configuration its metric and further columns, how sure they are, and how far they
 * are from the baseline. Two things are told apart: the deviation over repeats says how much a training depends on
 * its seed, the interval and the test say how much the figures depend on which queries were asked.
 */
import { random } from '../base/random.ts';
import { pairedTest } from '../retrieval/paired-test.ts';
import { bootstrapIntervals, type Interval } from '../retrieval/significance.ts';
import type { Store } from '../store/store.ts';
import { deviationOf, meanOf, type Outcome } from './outcome.ts';
import { queryScores, sameQueries, type QueryScores } from './query-scores.ts';
import { metricOf } from './trial.ts';

/** As reports have it by default, so that a single run has the interval of its report. */
export const BOOTSTRAP = { samples: 1000, confidence: 0.95 };
const BOOTSTRAP_SEED = 42;
export const TOSSES = 10_000;

/** One metric of one configuration. */
export interface Figure {
  readonly metric: string;
  /** By repeat; null where it has none. */
  readonly values: readonly (number | null)[];
  /** Over the repeats; null where one has none, or has failed. */
  readonly mean: number | null;
  /** Sample standard deviation over them. */
  readonly deviation: number | null;
  /** How many queries have a value of their own; null where the metric is no mean over queries. */
  readonly queries: number | null;
  readonly interval: Interval | null;
  /** From the baseline's mean; null for the baseline itself. */
  readonly difference: number | null;
  /** Sample standard deviation over the repeats of each one's difference from the same repeat of the baseline. */
  readonly differenceDeviation: number | null;
  /** Of the paired randomisation test over the queries, where both have the same ones. */
  readonly p: number | null;
}

export interface Row {
  readonly outcome: Outcome;
  readonly isBaseline: boolean;
  /** What configurations are ranked by; undefined where there is no metric. */
  readonly metric: Figure | undefined;
  readonly columns: readonly Figure[];
}

/** In the order of the outcomes; `baseline` is the number of a configuration. The store has their reports. */
export async function rowsOf(
  store: Pick<Store, 'fetch'>,
  outcomes: readonly Outcome[],
  metric: string | undefined,
  columns: readonly string[],
  baseline?: number,
): Promise<Row[]> {
  const metrics = [...new Set([...(metric === undefined ? [] : [metric]), ...columns])];
  const reference = outcomes.find(({ number }) => number === baseline);
  const against = reference && {
    ...reference,
    scores: await queryScores(store, reference, metrics),
  };
  const rows: Row[] = [];
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

function figureOf(outcome: Outcome, metric: string, scores: QueryScores | undefined): Figure {
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

interface Reference extends Outcome {
  readonly scores: ReadonlyMap<string, QueryScores>;
}

/** Of halving, only configurations with the same budget compare. */
function comparison(
  outcome: Outcome,
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
    p: paired ? pairedTest(theirs.values, own.values, { samples: TOSSES }).p : null,
  };
}
