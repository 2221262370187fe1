/** The numeric columns of a sweep's table, shared by the terminal and the Markdown report. */
import { alignedText, numberText, signedText } from '../../../base/number-text.ts';
import type { SweepRequest } from '../../../spec/sweep/request-types.ts';
import type { Figure, Row } from '../../../sweep/figures.ts';
import { rank, type Goal } from '../../../sweep/ranking.ts';
import { type Alignment } from '../text.ts';

export interface Column {
  readonly head: string;
  readonly align: Alignment;
  readonly cell: (row: Row) => string;
}

/** Best first. */
export function ranked(rows: readonly Row[], goal: Goal): Row[] {
  const byOutcome = new Map(rows.map((row) => [row.outcome, row]));
  const outcomes = rows.map(({ outcome }) => outcome);
  return rank(outcomes, goal).map((outcome) => byOutcome.get(outcome)!);
}

/** Empty columns are left out. */
export function figureColumns(rows: readonly Row[], { metric, columns }: SweepRequest): Column[] {
  const some = (has: (figure: Figure) => boolean): boolean =>
    rows.some((row) => row.metric && has(row.metric));
  const isRepeated = rows.some(({ outcome }) => outcome.expected > 1);
  const hasInterval = some(({ interval }) => interval !== null);
  const hasBaseline = rows.some(({ isBaseline }) => isBaseline);
  const plain = !isRepeated && !hasInterval && !hasBaseline && columns.length === 0;
  const right = (head: string, cell: Column['cell']): Column => ({ head, align: 'right', cell });
  return [
    right(metric ?? 'metric', (row) => metricText(row, plain ? numberText : alignedText)),
    ...(isRepeated ? [right('± sd', ({ metric: one }) => deviationText(one))] : []),
    ...(isRepeated ? [right('n', ({ outcome }) => countText(outcome))] : []),
    ...(hasInterval ? [right('95 %', ({ metric: one }) => intervalText(one))] : []),
    ...columns.map((name, index) => right(name, (row) => valueText(row.columns[index]!))),
    ...(hasBaseline ? [right('difference', differenceText)] : []),
    ...(some(({ p }) => p !== null) ? [right('p', ({ metric: one }) => pText(one?.p ?? null))] : []),
  ];
}

function metricText({ outcome }: Row, text: (value: number) => string): string {
  if (outcome.metric !== null) return text(outcome.metric);
  return outcome.state === 'done' ? '–' : outcome.state;
}

function countText({ finished, expected }: Row['outcome']): string {
  return finished === expected ? String(expected) : `${finished} of ${expected}`;
}

function deviationText(figure: Figure | undefined): string {
  return figure?.deviation == null ? '' : `± ${alignedText(figure.deviation)}`;
}

export function intervalText(figure: Figure | undefined): string {
  return figure?.interval ? figure.interval.map((end) => end.toFixed(3)).join('–') : '';
}

export function valueText({ mean }: Figure): string {
  return mean === null ? '–' : alignedText(mean);
}

export function differenceText({ isBaseline, metric }: Row): string {
  if (isBaseline) return 'baseline';
  if (metric?.difference == null) return '';
  const { difference, differenceDeviation } = metric;
  const spread = differenceDeviation === null ? '' : ` ± ${alignedText(differenceDeviation)}`;
  return `${signedText(difference, alignedText)}${spread}`;
}

export function pText(p: number | null): string {
  if (p === null) return '';
  return p < 0.00005 ? '<0.0001' : p.toFixed(4);
}
