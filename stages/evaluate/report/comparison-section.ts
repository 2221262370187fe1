/** The sections of report.md that compare one system with the others: differences, intervals, tests and signs. */
import { SIGNIFICANT, verdict, type Comparison, type Differences } from '../summary/comparison.ts';
import { measureTitle } from '../summary/summary.ts';
import { pText, signed, spanText, table } from './markdown.ts';

type Scope = 'corpus' | 'candidates';

/** The name of a system in the report. */
export type Title = (system: string) => string;

/** `system` minus each rival. Empty without rivals. */
export function comparisonSection(
  title: Title,
  system: string,
  comparisons: readonly Comparison[],
): string[] {
  if (comparisons.length === 0) return [];
  const rows = (scope: Scope): string[][] => {
    const names = [...new Set(comparisons.flatMap((comparison) => Object.keys(comparison[scope] ?? {})))];
    return names.map((name) => [
      `${measureTitle(name)}${scope === 'candidates' ? ' in candidates' : ''}`,
      ...comparisons.map((comparison) => differenceText(comparison[scope], name)),
    ]);
  };
  return [
    `## ${system} minus the others`,
    'Mean difference over the same queries, its confidence interval, and the p-value for the null hypothesis of no ' +
      `difference (not corrected for multiple comparisons); better or worse if p < ${SIGNIFICANT}.`,
    table(
      ['', ...comparisons.map(({ rival }) => title(rival))],
      [...rows('corpus'), ...rows('candidates'), wins(comparisons)],
    ),
  ];
}

function differenceText(differences: Differences | undefined, name: string): string {
  const found = differences?.[name];
  if (!found) return '';
  const { difference, interval, p_value: p } = found;
  const span = interval ? ` [${spanText(interval, (value) => signed(value, 3))}]` : '';
  const sign = verdict(found);
  const word = sign === 'better' || sign === 'worse' ? ` ${sign}` : '';
  return `${signed(difference, 4)}${span}${p === undefined ? '' : ` ${pText(p)}`}${word}`;
}

const wins = (comparisons: readonly Comparison[]): string[] => [
  'queries won / lost / tied',
  ...comparisons.map(({ won, lost, tied }) => `${won} / ${lost} / ${tied}`),
];
