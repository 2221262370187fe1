import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { timestamp } from '../../base/clock.ts';
import { PipelineError, type Diagnostic } from '../../base/diagnostic.ts';
import { writeAtomically } from '../../base/files.ts';
import { checkVariable, type Variable } from '../../spec/check.ts';
import { formatDiagnostics } from '../../spec/print.ts';
import { specError } from '../../spec/spec-error.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import type { KindCatalogue } from '../../kinds/kind.ts';
import { storeLayout, type StoreLayout } from '../../store/layout.ts';
import { readSweepArguments } from '../../sweep/arguments.ts';
import { configurationsOf, type Configuration } from '../../sweep/configurations.ts';
import { rowsOf, type Row } from '../../sweep/figures.ts';
import type { Outcome } from '../../sweep/outcome.ts';
import type { Trial } from '../../sweep/trial.ts';
import { missingMetric } from '../../sweep/metric-check.ts';
import { printNotice, printResult, useColor } from '../render/output.ts';
import { configFor, folderOf, loadOptions, stageExecutor, storesOf } from '../../session.ts';
import { sweepJson } from '../render/sweep/json.ts';
import { sweepMarkdown } from '../render/sweep/markdown.ts';
import { planSweep } from '../render/sweep/plan.ts';
import { bestYaml, sweepText } from '../render/sweep/text.ts';
import {
  baselineNumber,
  checkMetrics,
  checkMetricStages,
  checkTarget,
  requestOf,
  withExperiments,
  type AskedSweep,
  type SweepOptions,
} from './sweep-options.ts';
import { executeSweep, firstTrials, type SweepResult } from '../../sweep/execute-sweep.ts';
import { capacityOf } from '../../execute/capacity.ts';
import { sweepReporter } from '../render/reporters/sweep.ts';
import { onInterrupt } from './interrupt.ts';
import { storeNotice } from './stores.ts';
import { finishUploads } from './uploads.ts';

export type { SweepOptions } from './sweep-options.ts';

/** `pipeline sweep`: executes many configurations of a spec as one run, and ranks them. */
export async function sweepCommand(file: string, options: SweepOptions): Promise<number> {
  checkTarget(options.write);
  checkTarget(options.report);
  const config = await configFor(options, file);
  const layout = storeLayout(folderOf(config, file));
  const given = readSweepArguments(options.set ?? [], dirname(resolve(file)));
  if (given.faults.length > 0) throw specError(given.faults);
  const kinds = openCatalogue(layout);
  const variable = await openVariable(file, layout, kinds, { ...options, set: given.fixed });
  const whole = requestOf(variable.sweep, given, options);
  const request = options.experiments ? withExperiments(whole, options.experiments) : whole;
  checkMetricStages(request, [...variable.checked.kinds.keys()]);
  const configurations = configurationsOf(request);
  const hasChoice = given.fixed.length + given.axes.length + given.space.length + request.repeat.length > 0;
  if (configurations.length < 2 && !variable.sweep && !hasChoice)
    throw new PipelineError('E_USAGE', 'there is nothing to sweep over', {
      hint: "Add `sweep:` to the spec, or give several values, as in `--set 'model.loss.margin=0.1,0.2'`.",
    });
  const baseline = baselineNumber(request, configurationsOf(whole), configurations);
  const sweep: AskedSweep = {
    file,
    ...(await storesOf(config, layout, storeNotice)),
    variable,
    request,
    options,
  };
  const first = await firstTrials(sweep, configurations);
  checkMetrics(
    request,
    first.map(({ spec }) => spec),
  );
  printWarnings(first.flatMap(({ warnings }) => warnings));
  if (options.dryRun) return planSweep(sweep, configurations, first);
  const { outcomes, interrupted } = await executed(sweep, kinds, configurations, first);
  const rows = await rowsOf(sweep.store, outcomes, request.metric, request.columns, baseline);
  return report(sweep, rows, interrupted);
}

async function executed(
  sweep: AskedSweep,
  kinds: KindCatalogue,
  configurations: readonly Configuration[],
  first: readonly Trial[],
): Promise<SweepResult> {
  const { request, options } = sweep;
  const executor = await stageExecutor({ ...sweep, kinds }, sweep.variable.checked.spec.directory, options);
  const since = timestamp();
  const reporter = sweepReporter(options.json === true, request.metric, request.goal);
  const interrupt = onInterrupt(true);
  interrupt.stop.addEventListener('abort', () => sweep.remote?.interrupt());
  try {
    return await executeSweep(sweep, configurations, first, {
      reporter,
      executor,
      capacity: (executor.capacity ?? capacityOf)(options),
      ...interrupt,
      notice: printNotice,
    });
  } finally {
    reporter.close();
    await executor.close?.();
    await finishUploads(sweep.remote, {
      stop: interrupt.stop,
      layout: sweep.layout,
      since,
      spec: sweep.file,
    });
    sweep.remote?.close();
    interrupt.dispose();
  }
}

function printWarnings(warnings: readonly Diagnostic[]): void {
  const distinct = new Map(warnings.map((one) => [JSON.stringify(one), one]));
  if (distinct.size > 0)
    printNotice(formatDiagnostics([...distinct.values()], { color: useColor('stderr') }));
}

function report(sweep: AskedSweep, rows: readonly Row[], isInterrupted: boolean): number {
  const { request, options } = sweep;
  const outcomes = rows.map(({ outcome }) => outcome);
  if (options.json) printResult(JSON.stringify(sweepJson(rows, request, isInterrupted)));
  else printResult(sweepText(rows, request));
  reportBest(sweep, outcomes);
  for (const column of request.columns) checkColumn(outcomes, column);
  if (options.report !== undefined && !isInterrupted) writeWhole(options.report, sweepMarkdown(rows, sweep));
  if (isInterrupted) return 130;
  return outcomes.some(({ state }) => state === 'failed') ? 1 : 0;
}

async function openVariable(
  file: string,
  layout: StoreLayout,
  kinds: KindCatalogue,
  options: SweepOptions,
): Promise<Variable> {
  const read = await checkVariable(resolve(file), loadOptions(layout, kinds, options));
  if (!read.ok) throw specError(read.error);
  return read.value;
}

/** A column that no configuration has is probably misspelt. All results are cached, so a second try is fast. */
function checkColumn(outcomes: readonly Outcome[], column: string): void {
  const done = outcomes.flatMap(({ repeats }) => repeats).filter(({ state }) => state === 'done');
  const faults = done.map((result) => missingMetric(result, column));
  if (faults.length > 0 && faults.every((fault) => fault !== undefined)) throw faults[0]!;
}

function reportBest({ file, request, options }: AskedSweep, outcomes: readonly Outcome[]): void {
  const base = options.write === undefined ? file : relative(dirname(resolve(options.write)), resolve(file));
  const yaml = bestYaml(outcomes, request, base);
  if (yaml === undefined) return;
  if (options.write !== undefined) writeWhole(options.write, yaml);
  else if (options.json !== true) printResult(`\n${yaml}`);
}

/** Writes atomically, and never overwrites a file that was created since the sweep began. */
function writeWhole(file: string, text: string): void {
  if (existsSync(file)) {
    const aside = `${file}.${process.pid}.tmp`;
    writeAtomically(aside, text);
    throw new PipelineError('E_USAGE', `${file} was created while the sweep ran`, {
      hint: `The text was written to ${aside} instead.`,
    });
  }
  writeAtomically(file, text);
  printNotice(`wrote ${file}`);
}
