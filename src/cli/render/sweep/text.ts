/** The result of a sweep as text: the ranking, the effects of parameters, and the best configuration as YAML. */
import { stringify } from 'yaml';
import type { SweepRequest } from '../../../spec/sweep/request-types.ts';
import { bestSpec } from '../../../sweep/best-spec.ts';
import { shortNames } from '../../../sweep/configurations.ts';
import type { Row } from '../../../sweep/figures.ts';
import type { Outcome } from '../../../sweep/outcome.ts';
import { effects, rank, type Effect } from '../../../sweep/ranking.ts';
import { countText } from './sweep-text.ts';
import { figureColumns, ranked, shown } from './columns.ts';
import { durationText, numberText, table } from '../text.ts';
import { warningCount } from '../warnings.ts';

const MOST_RANKED = 20;

/** Parameters that differ between the configurations. */
export function pathsOf(outcomes: readonly Outcome[]): string[] {
  const all = new Set(outcomes.flatMap(({ configuration }) => Object.keys(configuration.values)));
  return [...all].filter(
    (path) => new Set(outcomes.map((one) => JSON.stringify(one.configuration.values[path]))).size > 1,
  );
}

/** Only configurations with the same budget are comparable. */
export function comparable(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.some(({ rung }) => rung !== undefined)
    ? outcomes.filter(({ rung }) => rung === 0)
    : outcomes;
}

export function sweepText(rows: readonly Row[], request: SweepRequest): string {
  const { metric, goal, halving } = request;
  const inOrder = ranked(rows, goal);
  const columns = [
    ...figureColumns(rows, request),
    ...(halving
      ? [
          {
            head: halving.budget,
            align: 'left' as const,
            cell: ({ outcome }: Row) => String(outcome.budget ?? ''),
          },
        ]
      : []),
    { head: 'configuration', align: 'left' as const, cell: ({ outcome }: Row) => outcome.configuration.name },
    { head: '', align: 'left' as const, cell: ({ outcome }: Row) => workText(outcome) },
  ];
  const lines = inOrder
    .slice(0, MOST_RANKED)
    .map((row, index) => [String(index + 1), ...columns.map(({ cell }) => cell(row))]);
  const head = ['', ...columns.map((column) => column.head)];
  const more =
    inOrder.length > MOST_RANKED ? [`… and ${inOrder.length - MOST_RANKED} more (--json shows all)`] : [];
  const outcomes = rows.map(({ outcome }) => outcome);
  const found = halving ? [] : effects(comparable(outcomes), pathsOf(outcomes), goal);
  return [
    table([head, ...lines], ['right', ...columns.map(({ align }) => align)]),
    ...more,
    ...(found.length > 0 ? ['', `effect on ${metric ?? ''}`, effectsText(found)] : []),
  ].join('\n');
}

function workText({ error, executed, seconds, warnings }: Outcome): string {
  const work = shortError(error) ?? (executed === 0 ? 'cached' : durationText(seconds));
  return warnings > 0 ? `${work}  ! ${warningCount(warnings)}` : work;
}

const LONGEST_ERROR = 60;

function shortError(error: string | null): string | undefined {
  if (error === null) return undefined;
  return error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR - 1)}…` : error;
}

function effectsText(found: readonly Effect[]): string {
  const short = shortNames(found.map(({ path }) => path));
  return table(
    found.map(({ path, spread, correlation, values }) => [
      short.get(path)!,
      numberText(spread),
      correlation === null ? '' : `ρ ${correlation.toFixed(2)}`,
      values.map(({ value, mean, count }) => `${value}: ${numberText(mean)} (${count})`).join(' · '),
    ]),
    ['left', 'right'],
  );
}

/** Undefined if no configuration has the metric. */
export function bestYaml(
  outcomes: readonly Outcome[],
  { metric, goal, halving }: SweepRequest,
  base: string,
): string | undefined {
  const best = rank(outcomes, goal)[0];
  if (!best || best.metric === null || metric === undefined) return undefined;
  const budget = halving && best.budget !== undefined ? { [halving.budget]: best.budget } : {};
  const repeated = best.expected > 1 ? `, the mean of ${best.expected} repeats` : '';
  const value = best.expected > 1 ? shown(best.metric) : numberText(best.metric);
  const title = `# The best of ${countText(outcomes.length)} by ${metric}: ${value}${repeated}`;
  return `${title}\n${stringify(bestSpec(best, base, budget))}`;
}
