/** The result of a sweep as JSON. */
import type { SweepRequest } from '../../../spec/sweep/request-types.ts';
import type { Figure, Row } from '../../../sweep/figures.ts';
import type { Outcome } from '../../../sweep/outcome.ts';
import { effects } from '../../../sweep/ranking.ts';
import { ranked } from './columns.ts';
import { comparable, pathsOf } from './text.ts';

export function sweepJson(rows: readonly Row[], { metric, goal, columns, repeat }: SweepRequest): unknown {
  const outcomes = rows.map(({ outcome }) => outcome);
  return {
    type: 'sweep-finished',
    metric: metric ?? null,
    goal,
    columns,
    baseline: rows.find(({ isBaseline }) => isBaseline)?.outcome.configuration.name ?? null,
    ranking: ranked(rows, goal).map((row) => rowJson(row, repeat.length > 0)),
    effects: effects(comparable(outcomes), pathsOf(outcomes), goal),
  };
}

function rowJson({ outcome, metric, columns }: Row, isRepeated: boolean): object {
  return {
    configuration: outcome.configuration.name,
    values: outcome.configuration.values,
    state: outcome.state,
    metric: outcome.metric,
    ...(metric ? statistics(metric) : {}),
    ...(columns.length > 0
      ? {
          columns: Object.fromEntries(
            columns.map((figure) => [
              figure.metric,
              { mean: figure.mean, ...statistics(figure), values: figure.values },
            ]),
          ),
        }
      : {}),
    executed: outcome.executed,
    seconds: outcome.seconds,
    warnings: outcome.warnings,
    ...(outcome.budget === undefined ? {} : { budget: outcome.budget }),
    ...(isRepeated ? { finished: outcome.finished, repeats: repeatsJson(outcome) } : {}),
    error: outcome.error,
  };
}

function statistics({ deviation, queries, interval, difference, differenceDeviation, p }: Figure): object {
  return { deviation, queries, interval, difference, difference_deviation: differenceDeviation, p };
}

function repeatsJson({ repeats }: Outcome): object[] {
  return repeats.map(({ trial, state, metric, executed, seconds, warnings, error }) => ({
    values: trial.repeat.values,
    state,
    metric,
    executed,
    seconds,
    warnings,
    error,
  }));
}
