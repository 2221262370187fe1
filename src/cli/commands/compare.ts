import { PipelineError } from '../../base/diagnostic.ts';
import { alignedText, signedText } from '../../base/number-text.ts';
import { compareRuns, type Difference, type RunComparison } from '../../history/compare.ts';
import { readRun } from '../../history/find.ts';
import { significanceOf, type MeasureTest, type Significance } from '../../history/report-tests.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { artifactStore, openStore } from '../../session.ts';
import { metricText, table, type Alignment } from '../render/text.ts';

export interface CompareOptions {
  readonly store?: string;
  readonly significance?: boolean;
  /** Show what is equal too. */
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `pipeline compare`: what differs between runs, and whether the differences of reports are significant. */
export async function compareCommand(runs: readonly string[], options: CompareOptions): Promise<number> {
  const layout = openStore(options);
  const records = runs.map((run) => readRun(layout, run));
  if (new Set(records.map(({ id }) => id)).size < 2)
    throw new PipelineError('E_USAGE', 'compare needs at least two different runs', {
      hint: 'Example: `pipeline compare latest~1 latest`.',
    });
  const comparison = compareRuns(records, options.all);
  const significance =
    options.significance === false ? [] : await significanceOf(artifactStore(layout), records);
  if (options.json) printJson({ ...comparison, significance });
  else {
    const shown = options.all ? significance : significance.flatMap(onlyDiffering);
    printResult(comparisonText(comparison, shown, styleFor(useColor('stdout'))));
  }
  return 0;
}

/** Without the measures that no query has another value of; nothing if that leaves none. */
function onlyDiffering(result: Significance): Significance[] {
  if (result.state === 'untested') return [result];
  const tests = result.tests.filter(({ differing }) => differing > 0);
  return tests.length === 0 ? [] : [{ ...result, tests }];
}

function comparisonText(
  comparison: RunComparison,
  significance: readonly Significance[],
  style: Style,
): string {
  const { runs, parameters, wiring, environment, metrics, stages, warnings } = comparison;
  const sections = [
    section('parameters', parameters, runs, style, valueText),
    section('kinds and inputs', wiring, runs, style, valueText),
    section('environment', environment, runs, style, valueText),
    section('metrics', metrics, runs, style, withDelta),
    section('stage digests', stages, runs, style, (value) =>
      typeof value === 'string' ? value.slice(0, 12) : valueText(value, undefined),
    ),
    section('warnings', warnings, runs, style, withDelta),
    ...significance.map((each) => significanceText(each, runs[0]!, style)),
  ].filter((text) => text !== '');
  return sections.length === 0 ? 'nothing differs' : sections.join('\n\n');
}

type Cell = (value: Difference['values'][number], delta: number | undefined) => string;

function section(
  title: string,
  differences: readonly Difference[],
  runs: readonly string[],
  style: Style,
  cell: Cell,
): string {
  if (differences.length === 0) return '';
  const rows = differences.map(({ name, values, deltas }) => [
    name,
    ...values.map((value, index) => cell(value, deltas[index])),
  ]);
  const alignment: Alignment[] = ['left', ...runs.map((): Alignment => 'right')];
  const [header, ...lines] = table([[title, ...runs], ...rows], alignment).split('\n');
  return [style.bold(header!), ...lines].join('\n');
}

const valueText: Cell = (value) => (value === undefined ? '–' : metricText(value));

const withDelta: Cell = (value, delta) => {
  if (delta === undefined || delta === 0) return valueText(value, delta);
  return `${metricText(value!)} (${signedText(delta)})`;
};

function significanceText(result: Significance, first: string, style: Style): string {
  const pair = `${result.stage}: ${result.run} against ${first}`;
  if (result.state === 'untested') return `${style.bold(pair)}\nnot tested: ${result.because}`;
  const rows = result.tests.map((test) => [
    test.measure,
    alignedText(test.means[0]),
    alignedText(test.means[1]),
    signedText(test.difference, alignedText),
    pText(test),
    `${test.differing} of ${test.queries}`,
  ]);
  const head = ['measure', 'before', 'after', 'difference', 'p', 'differing queries'];
  const alignment: Alignment[] = ['left', 'right', 'right', 'right', 'right', 'right'];
  const left =
    result.unmatched > 0 ? `; without ${result.unmatched} queries that only one of the runs has` : '';
  const note = style.dim(
    `p: two-sided paired randomisation test, not corrected for multiple comparisons${left}`,
  );
  return [style.bold(pair), table([head, ...rows], alignment), note].join('\n');
}

/** The usual significance stars: * below 0.05, ** below 0.01, *** below 0.001. */
function pText({ p }: MeasureTest): string {
  const stars = p < 0.001 ? ' ***' : p < 0.01 ? ' ** ' : p < 0.05 ? ' *  ' : '    ';
  return `${p < 0.00005 ? '<0.0001' : p.toFixed(4)}${stars}`;
}
