/** `--report`: the table of a sweep as Markdown, with the command that reproduces each row. */
import { cells } from '../../../base/cells.ts';
import type { Json } from '../../../base/json.ts';
import { TEST_SAMPLES } from '../../../retrieval/significance.ts';
import type { SweepRequest } from '../../../spec/sweep/request-types.ts';
import { toJson } from '../../../spec/text/tree.ts';
import type { Configuration } from '../../../sweep/configurations.ts';
import { BOOTSTRAP, type Figure, type Row } from '../../../sweep/figures.ts';
import { figureColumns, pText, ranked, valueText, type Column } from './columns.ts';
import { rowCommand, sweepCommandLine } from './commands.ts';
import type { AskedSweep } from '../../commands/sweep-options.ts';
import { numberText, type Alignment } from '../text.ts';

export function sweepMarkdown(rows: readonly Row[], sweep: AskedSweep): string {
  const { request } = sweep;
  const inOrder = ranked(rows, request.goal);
  const columns: Column[] = [
    { head: 'configuration', align: 'left', cell: ({ outcome }) => code(outcome.configuration.name) },
    { head: 'change', align: 'left', cell: ({ outcome }) => changeText(outcome.configuration) },
    ...(request.halving
      ? [
          {
            head: code(request.halving.budget),
            align: 'right' as const,
            cell: ({ outcome }: Row) => String(outcome.budget ?? ''),
          },
        ]
      : []),
    ...figureColumns(rows, request).map((column) => inMarkdown(column, request)),
    ...(rows.some(({ outcome }) => outcome.warnings > 0)
      ? [
          {
            head: 'warnings',
            align: 'right' as const,
            cell: ({ outcome }: Row) => String(outcome.warnings || ''),
          },
        ]
      : []),
  ];
  const lines = inOrder.map((row, index) => [String(index + 1), ...columns.map(({ cell }) => cell(row))]);
  const head = ['', ...columns.map((column) => column.head)];
  return [
    markdownTable([head, ...lines], ['right', ...columns.map(({ align }) => align)]),
    '',
    legend(rows, request),
    '',
    ...commandsText(inOrder, sweep),
    '',
  ].join('\n');
}

/** Additional metrics are shown with their p-values. */
function inMarkdown(column: Column, { metric, columns }: SweepRequest): Column {
  const index = columns.indexOf(column.head);
  if (column.head !== metric && index === -1) return column;
  if (column.head === metric) return { ...column, head: code(column.head) };
  return { ...column, head: code(column.head), cell: (row) => withP(row.columns[index]!) };
}

function withP(figure: Figure): string {
  return figure.p === null ? valueText(figure) : `${valueText(figure)} (p = ${pText(figure.p)})`;
}

const LONGEST_VALUE = 60;

/** Full paths, as for `--set`: a spec may have `epochs` in several places. */
function changeText({ values }: Configuration): string {
  const parts = Object.entries(values).map(([path, value]) => `${path}=${flow(value)}`);
  return parts.length === 0 ? '–' : code(parts.join(' '));
}

/** In YAML's flow style: `[{from: random}]`. */
function flow(value: Json): string {
  const text = flowOf(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function flowOf(value: Json): string {
  if (Array.isArray(value)) return `[${(value as Json[]).map(flowOf).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([name, one]) => `${name}: ${flowOf(one)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A code span for any text, also inside a table cell. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

function legend(rows: readonly Row[], { metric, repeat }: SweepRequest): string {
  const figures = rows.flatMap((row) => row.metric ?? []);
  const counts = [...new Set(figures.flatMap(({ queries }) => queries ?? []))].map(numberText);
  const baseline = rows.find(({ isBaseline }) => isBaseline)?.outcome.configuration.name;
  const isRepeated = rows.some(({ outcome }) => outcome.expected > 1);
  const repeats = repeat.map(repeatText).join(' × ');
  const parts = [
    isRepeated
      ? `mean and sample standard deviation (± sd) over ${repeats}`
      : `one execution each${repeats === '' ? '' : `, ${repeats}`}`,
    ...(counts.length > 0
      ? [`95 %: bootstrap interval over the queries (${numberText(BOOTSTRAP.samples)} samples)`]
      : []),
    ...(baseline === undefined
      ? []
      : [
          `difference from ${code(baseline)}${isRepeated ? ', ± sd of the paired differences of the repeats' : ''}`,
        ]),
    ...(figures.some(({ p }) => p !== null)
      ? [
          `p: two-sided paired randomisation test over the queries, ${numberText(TEST_SAMPLES)} permutations, not corrected for multiple comparisons`,
        ]
      : []),
    ...(counts.length > 0 && isRepeated
      ? [
          '95 % and p use the mean of each query over the repeats and do not include the variation between repeats, which ± sd shows',
        ]
      : []),
  ];
  const queries = counts.length === 0 ? '' : `, ${counts.join(' or ')} queries`;
  return `${metric === undefined ? '' : `${code(metric)}${queries}: `}${parts.join('; ')}.`;
}

function repeatText({ path, values }: SweepRequest['repeat'][number]): string {
  const texts = values.map((one) =>
    'set' in one ? one.set.slice(path.length + 1) : flow(toJson(one.value)),
  );
  return code(`${path} = ${texts.join(', ')}`);
}

function commandsText(rows: readonly Row[], sweep: AskedSweep): string[] {
  const all = sweepCommandLine(sweep);
  if (rows.length === 1) return ['The command:', '', '```sh', all, '```'];
  if (sweep.request.halving) return ['All rows:', '', '```sh', all, '```'];
  const each = rows.map(({ outcome }) => rowCommand(outcome.configuration, sweep));
  return ['All rows, then each row alone:', '', '```sh', all, ...new Set(each), '```'];
}

/** Formatted as prettier does: every cell is as wide as the widest in its column. */
export function markdownTable(rows: readonly (readonly string[])[], alignment: readonly Alignment[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => cells(row[column]!))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => pad(cell, widths[i]!, alignment[i] ?? 'left')).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    alignment[i] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(rows[0]!), `| ${rule.join(' | ')} |`, ...rows.slice(1).map(line)].join('\n');
}

function pad(cell: string, width: number, align: Alignment): string {
  const space = ' '.repeat(width - cells(cell));
  return align === 'right' ? space + cell : cell + space;
}
