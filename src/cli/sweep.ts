import { dirname, relative, resolve } from 'node:path';
import { existsSync, writeFileSync } from 'node:fs';
import { timestamp } from '../base/clock.ts';
import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import type { Key } from '../base/hash.ts';
import { nearest } from '../base/nearest.ts';
import { openPlanner } from '../plan/planner.ts';
import { newRunId } from '../runs/record.ts';
import { checkVariable, type Variable } from '../spec/check.ts';
import type { Override } from '../spec/overrides.ts';
import type { SweepRequest } from '../spec/sweep-request.ts';
import { HALVING_FACTOR } from '../spec/vocabulary.ts';
import type { StoreLayout } from '../store/layout.ts';
import { beginUse, type Use } from '../store/use.ts';
import { removeAbandonedWork } from '../store/work.ts';
import { readSweepArguments, type SweepArguments } from '../sweep/arguments.ts';
import { configurationsOf, type Configuration } from '../sweep/configurations.ts';
import { budgets, promoted } from '../sweep/halving.ts';
import { runTrials, sameEngine } from '../sweep/run-trials.ts';
import { splitMetric, type Trial, type TrialResult } from '../sweep/trial.ts';
import { earlierKeys } from './earlier.ts';
import { onInterrupt, type Interrupt } from './interrupt.ts';
import { printNotice, printResult } from './output.ts';
import { sweepReporter, type SweepReporter } from './reporters/sweep.ts';
import { capacityOf, type CapacityOptions } from './run.ts';
import { keepRecord } from './run-record.ts';
import { layoutFor, loadOptions, type SpecOptions } from './session.ts';
import { bestYaml, sweepJson, sweepText } from './sweep-report.ts';

export interface SweepOptions extends SpecOptions, CapacityOptions {
  readonly random?: number;
  readonly seed?: number;
  readonly metric?: string;
  readonly minimize?: boolean;
  readonly halving?: string;
  readonly write?: string;
  readonly json?: boolean;
}

/** `pipeline sweep`: many configurations of one spec, as one run over their stages. */
export async function sweepCommand(file: string, options: SweepOptions): Promise<number> {
  if (options.write !== undefined && existsSync(options.write))
    throw new PipelineError('E_USAGE', `${options.write} is there already`, { hint: 'Name another file.' });
  const layout = layoutFor(file, options);
  const given = readSweepArguments(options.set ?? [], dirname(resolve(file)));
  if (given.faults.length > 0) throw specError(given.faults);
  const variable = await openVariable(file, layout, { ...options, set: given.fixed });
  const request = requestOf(variable.sweep, given, options);
  const configurations = configurationsOf(request);
  if (configurations.length < 2 && !variable.sweep && given.axes.length + given.space.length === 0)
    throw new PipelineError('E_USAGE', 'there is nothing to sweep over', {
      hint: "Write `sweep:` into the spec, or give values: --set 'model.loss.margin=0.1,0.2'",
    });
  const sweep: Sweep = { file, layout, variable, request, options };
  const results = await execute(sweep, configurations);
  if (options.json) printResult(JSON.stringify(sweepJson(results, request)));
  else printResult(sweepText(results, request));
  tellBest(sweep, results);
  checkMetric(results, request.metric);
  if (results.some(({ state }) => state === 'interrupted')) return 130;
  return results.some(({ state }) => state === 'failed') ? 1 : 0;
}

interface Sweep {
  readonly file: string;
  readonly layout: StoreLayout;
  readonly variable: Variable;
  readonly request: SweepRequest;
  readonly options: SweepOptions;
}

function specError(diagnostics: readonly Diagnostic[]): PipelineError {
  const distinct = new Map(diagnostics.map((one) => [JSON.stringify(one), one]));
  return new PipelineError('E_SPEC', 'the spec has errors', { diagnostics: [...distinct.values()] });
}

async function openVariable(file: string, layout: StoreLayout, options: SweepOptions): Promise<Variable> {
  const read = await checkVariable(resolve(file), loadOptions(layout, options));
  if (!read.ok) throw specError(read.error);
  return read.value;
}

/** What the command line says, over what the spec says. */
function requestOf(
  written: SweepRequest | undefined,
  { axes, space }: SweepArguments,
  options: SweepOptions,
): SweepRequest {
  const isGiven = (path: string): boolean => [...axes, ...space].some((one) => one.path === path);
  const dimensions = [...(written?.random?.space ?? []).filter(({ path }) => !isGiven(path)), ...space];
  const halving =
    options.halving === undefined ? written?.halving : halvingOf(options.halving, written?.halving?.factor);
  const metric = options.metric ?? written?.metric;
  if (halving && metric === undefined)
    throw new PipelineError('E_USAGE', 'halving needs a metric to choose by', {
      hint: '--metric report.mrr@10, or `metric:` under `sweep:`',
    });
  return {
    ...(metric === undefined ? {} : { metric }),
    goal: options.minimize === true ? 'minimize' : (written?.goal ?? 'maximize'),
    grid: [...(written?.grid ?? []).filter(({ path }) => !isGiven(path)), ...axes],
    experiments: written?.experiments ?? [],
    ...(dimensions.length === 0
      ? {}
      : {
          random: {
            trials: options.random ?? written?.random?.trials ?? 10,
            seed: options.seed ?? written?.random?.seed ?? 1,
            space: dimensions,
          },
        }),
    ...(halving ? { halving } : {}),
  };
}

/** `model.epochs=1..9` */
function halvingOf(text: string, factor = HALVING_FACTOR): NonNullable<SweepRequest['halving']> {
  const [, budget, min, max] = /^([^=]+)=(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (budget === undefined || Number(min) < 1 || Number(max) < Number(min))
    throw new PipelineError('E_USAGE', `'${text}' is no budget for halving`, {
      hint: '--halving model.epochs=1..9',
    });
  return { budget, min: Number(min), max: Number(max), factor };
}

async function trialsOf(
  { variable }: Sweep,
  configurations: readonly (Configuration & { readonly number: number })[],
  more: readonly Override[],
): Promise<Trial[]> {
  const trials: Trial[] = [];
  const faults: Diagnostic[] = [];
  for (const { number, ...configuration } of configurations) {
    const varied = await variable.vary([...configuration.overrides, ...more]);
    if (varied.ok) trials.push({ number, configuration, spec: varied.value });
    else faults.push(...varied.error);
  }
  if (faults.length > 0) throw specError(faults);
  if (!sameEngine(trials.map(({ spec }) => spec)))
    throw new PipelineError('E_USAGE', 'one sweep computes with one engine', {
      hint: 'Sweep once for each: --set engine.backend=wasm',
    });
  return trials;
}

async function execute(sweep: Sweep, configurations: readonly Configuration[]): Promise<TrialResult[]> {
  const { halving, goal, metric } = sweep.request;
  const numbered = configurations.map((one, index) => ({ ...one, number: index + 1 }));
  const reporter = sweepReporter(sweep.options.json === true, metric, goal);
  const use = beginUse(sweep.layout);
  removeAbandonedWork(sweep.layout);
  const interrupt = onInterrupt(true);
  const context: Context = { sweep, reporter, use, interrupt };
  try {
    if (!halving) return await runRung(context, await trialsOf(sweep, numbered, []));
    const last = new Map<number, TrialResult>();
    let left = numbered;
    for (const [rung, budget] of budgets(halving).entries()) {
      reporter.onRung?.(rung, budget, left.length);
      const trials = await trialsOf(sweep, left, [{ set: `${halving.budget}=${budget}` }]);
      const results = (await runRung(context, trials)).map((one) => ({ ...one, rung, budget }));
      for (const result of results) last.set(result.trial.number, result);
      if (interrupt.stop.aborted) break;
      const best = new Set(promoted(results, halving.factor, goal).map(({ trial }) => trial.number));
      left = left.filter(({ number }) => best.has(number));
    }
    return [...last.values()].sort((a, b) => a.trial.number - b.trial.number);
  } finally {
    reporter.close();
    interrupt.dispose();
    use.close();
  }
}

interface Context {
  readonly sweep: Sweep;
  readonly reporter: SweepReporter;
  readonly use: Use;
  readonly interrupt: Interrupt;
}

function runRung(
  { sweep, reporter, use, interrupt }: Context,
  trials: readonly Trial[],
): Promise<TrialResult[]> {
  const { layout, variable, request, options } = sweep;
  const started = timestamp();
  const note = (kind: string, key: Key): void => {
    use.add(kind, key);
  };
  const earlier = earlierKeys(variable.checked.spec, layout);
  return runTrials(trials, {
    layout,
    run: newRunId(started),
    capacity: capacityOf(options),
    stop: interrupt.stop,
    kill: interrupt.kill,
    emit: reporter.onEvent,
    metric: request.metric,
    onPlan: reporter.onPlan,
    planner: ({ spec, original }) =>
      openPlanner(spec, {
        layout,
        forced: new Set(),
        note,
        earlier: (stage) => earlier({ ...stage, name: original.get(stage.name) ?? stage.name }),
      }),
    onResult(result, planner) {
      reporter.onResult(result);
      const { spec } = result.trial;
      const outcome = result.state;
      // A configuration that found everything made is in the history already.
      if (result.executed === 0 && outcome !== 'failed') return;
      const run = { outcome, seconds: result.seconds, stages: result.stages };
      keepRecord({ spec, layout }, { id: newRunId(started), started, result: run, engine: planner.engine });
    },
  });
}

/** A metric that nobody has is a slip in its name; everything is made by now, so trying again costs nothing. */
function checkMetric(results: readonly TrialResult[], metric: string | undefined): void {
  const done = results.find(({ state }) => state === 'done');
  if (metric === undefined || !done || results.some((result) => result.metric !== null)) return;
  const [stage, name] = splitMetric(metric);
  const end = done.stages.find((one) => one.stage.name === stage)?.end;
  const metrics = end && 'artifact' in end ? end.artifact.manifest.metrics : {};
  const numbers = Object.keys(metrics).filter((one) => typeof metrics[one] === 'number');
  const close = nearest(name, numbers);
  const known = numbers.length === 0 ? 'It has none.' : `It has ${numbers.slice(0, 12).join(', ')}.`;
  throw new PipelineError('E_USAGE', `'${stage}' gives no number called '${name}'`, {
    hint: close === undefined ? known : `Did you mean '${stage}.${close}'?`,
  });
}

function tellBest({ file, request, options }: Sweep, results: readonly TrialResult[]): void {
  const base = options.write === undefined ? file : relative(dirname(resolve(options.write)), resolve(file));
  const yaml = bestYaml(results, request, base);
  if (yaml === undefined) return;
  if (options.write !== undefined) {
    writeFileSync(options.write, yaml, { flag: 'wx' });
    printNotice(`${options.write} written`);
  } else if (options.json !== true) printResult(`\n${yaml}`);
}
