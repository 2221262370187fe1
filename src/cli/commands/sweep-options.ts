/** Combines the options of `pipeline sweep` with the spec's `sweep:`, and checks the result. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { nameHint } from '../../base/nearest.ts';
import type { Configuration } from '../../config/load.ts';
import { glob, splitList } from '../../plan/selector.ts';
import type { Spec } from '../../spec/spec.ts';
import { specError } from '../../spec/spec-error.ts';
import { errorAt } from '../../spec/text/source.ts';
import {
  BUDGET_HINT,
  budgetFault,
  configuredPaths,
  namesMetric,
  stageOfMetric,
  variedPaths,
} from '../../spec/sweep/sweep-checks.ts';
import type { Dimension, RandomSearch, SweepAxis, SweepRequest } from '../../spec/sweep/request-types.ts';
import { HALVING_FACTOR } from '../../spec/text/vocabulary.ts';
import { readRepeat, type SweepArguments } from '../../sweep/arguments.ts';
import { metricFault } from '../../sweep/metric-check.ts';
import { findBaseline, sameConfiguration } from '../../sweep/baseline.ts';
import type { Sweep } from '../../sweep/execute-sweep.ts';
import type { Configuration as SweepConfiguration } from '../../sweep/configurations.ts';
import { printNotice } from '../render/output.ts';
import type { ExecutorOptions } from '../../execute/executors/choose.ts';
import type { CapacityOptions } from '../../execute/capacity.ts';
import type { SpecOptions } from '../../session.ts';
import type { Remote } from '../../store/remote/remote.ts';

export interface SweepOptions extends SpecOptions, CapacityOptions, ExecutorOptions {
  readonly random?: number;
  readonly seed?: number;
  readonly metric?: string;
  readonly minimize?: boolean;
  readonly columns?: readonly string[];
  readonly experiments?: readonly string[];
  readonly repeat?: readonly string[];
  readonly baseline?: string;
  readonly halving?: string;
  readonly write?: string;
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** A sweep with the command's options, which its report repeats. */
export interface AskedSweep extends Sweep {
  readonly config: Configuration;
  readonly remote: Remote | undefined;
  readonly options: SweepOptions;
}

const usage = (message: string, hint?: string): PipelineError =>
  new PipelineError('E_USAGE', message, { hint });

/** Checks an output file before the sweep runs, which may take hours. */
export function checkTarget(file: string | undefined): void {
  if (file === undefined) return;
  if (existsSync(file)) throw usage(`${file} already exists`, 'Name another file.');
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw usage(`there is no folder ${folder}`, `Create it before writing ${file}.`);
}

/** Options for a parameter replace everything that the spec's `sweep:` says about it. */
export function requestOf(
  written: SweepRequest | undefined,
  { fixed, axes, space }: SweepArguments,
  options: SweepOptions,
): SweepRequest {
  const repeat = (options.repeat ?? []).map(readRepeatOption);
  const varied = new Set([...axes, ...space].map(({ path }) => path));
  const single = fixed.flatMap((text) => singleAxis(text, written) ?? []);
  const fixedPaths = fixed.map((text) => text.slice(0, text.indexOf('=')));
  const given = new Set([...varied, ...fixedPaths, ...repeat.map(({ path }) => path)]);
  const isLeft = ({ path }: { readonly path: string }): boolean => !given.has(path);
  const halving =
    options.halving === undefined ? written?.halving : halvingOf(options.halving, written?.halving?.factor);
  const metric = options.metric ?? written?.metric;
  const baseline = options.baseline === undefined ? written?.baseline : { name: options.baseline };
  if (halving && metric === undefined)
    throw usage('halving needs a metric', 'Give `--metric report.mrr@10`, or `metric:` under `sweep:`.');
  const random = randomOf([...(written?.random?.space ?? []).filter(isLeft), ...space], written, options);
  const columns = options.columns ? options.columns.flatMap(splitList) : (written?.columns ?? []);
  const request: SweepRequest = {
    ...(metric === undefined ? {} : { metric }),
    goal: options.minimize === true ? 'minimize' : (written?.goal ?? 'maximize'),
    columns: [...new Set(columns)].filter((one) => one !== metric),
    ...(written?.metricPlaces ? { metricPlaces: written.metricPlaces } : {}),
    grid: [...(written?.grid ?? []).filter(isLeft), ...axes, ...single],
    experiments: written?.experiments ?? [],
    repeat: [...(written?.repeat ?? []).filter(isLeft), ...repeat],
    ...(baseline ? { baseline } : {}),
    ...(random ? { random } : {}),
    ...(halving ? { halving } : {}),
  };
  refuseRepeatedAndVaried(request);
  refuseVariedBudget(request);
  return request;
}

function randomOf(
  space: readonly Dimension[],
  written: SweepRequest | undefined,
  options: SweepOptions,
): RandomSearch | undefined {
  if (space.length === 0) {
    const flag =
      options.random !== undefined ? '--random' : options.seed !== undefined ? '--seed' : undefined;
    if (flag === undefined) return undefined;
    throw usage(
      `${flag} needs a distribution to draw from`,
      "Example: `--set 'model.learning_rate=log_uniform(1e-4,1e-2)'`, or `random:` with a `space:` under `sweep:`.",
    );
  }
  const { trials = 10, seed = 1 } = written?.random ?? {};
  return { trials: options.random ?? trials, seed: options.seed ?? seed, space };
}

/** `--set path=value` for a path that the spec's sweep varies. */
function singleAxis(text: string, written: SweepRequest | undefined): SweepAxis | undefined {
  const path = text.slice(0, text.indexOf('='));
  const varied = [...(written?.grid ?? []), ...(written?.random?.space ?? [])];
  return varied.some((one) => one.path === path) ? { path, values: [{ set: text }] } : undefined;
}

function readRepeatOption(text: string): SweepAxis {
  const axis = readRepeat(text);
  if (!axis) throw usage(`'${text}' is not a valid --repeat`, 'Example: `--repeat params.seed=42,43,44`.');
  const values = axis.values.map((value) => ('set' in value ? value.set : ''));
  if (new Set(values).size < values.length) throw usage(`'${text}' has the same value twice`);
  return axis;
}

function refuseRepeatedAndVaried(request: SweepRequest): void {
  const varied = new Set(variedPaths(request).map(([path]) => path));
  const both = request.repeat.find(({ path }) => varied.has(path));
  if (both) throw usage(`'${both.path}' is repeated, so it cannot be varied as well`);
}

function refuseVariedBudget(request: SweepRequest): void {
  const budget = request.halving?.budget;
  if (budget !== undefined && configuredPaths(request).some(([path]) => path === budget))
    throw usage(budgetFault(budget), BUDGET_HINT);
}

/** `model.epochs=1..9` */
function halvingOf(text: string, factor = HALVING_FACTOR): NonNullable<SweepRequest['halving']> {
  const [, budget, min, max] = /^([^=]+)=(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (budget === undefined || Number(min) < 1 || Number(max) < Number(min))
    throw usage(`'${text}' is not a valid --halving`, 'Example: `--halving model.epochs=1..9`.');
  return { budget, min: Number(min), max: Number(max), factor };
}

/** Checks the stages of `--metric` and `--columns` before anything runs. */
export function checkMetricStages({ metric, columns }: SweepRequest, stages: readonly string[]): void {
  for (const one of [...(metric === undefined ? [] : [metric]), ...columns]) {
    const stage = stageOfMetric(one);
    if (!stages.includes(stage)) throw usage(`there is no stage '${stage}'`, nameHint(stage, stages));
    if (!namesMetric(one))
      throw usage(`'${one}' is not a metric of the stage '${stage}'`, `Example: \`${stage}.mrr@10\`.`);
  }
}

/** Checks that some configuration gives each metric, as far as kinds declare theirs. */
export function checkMetrics({ metric, columns, metricPlaces }: SweepRequest, specs: readonly Spec[]): void {
  for (const one of [...(metric === undefined ? [] : [metric]), ...columns]) {
    const fault = metricFault(one, specs);
    if (!fault) continue;
    const at = metricPlaces?.get(one);
    throw at
      ? specError([errorAt(at, fault.message, { hint: fault.hint })])
      : usage(fault.message, fault.hint);
  }
}

/** `--experiments a,b*`: the request with only these experiments. */
export function withExperiments(request: SweepRequest, selectors: readonly string[]): SweepRequest {
  const { experiments } = request;
  const names = experiments.map(({ name }) => name);
  if (names.length === 0) throw usage("the spec's `sweep:` has no experiments");
  const chosen = new Set<string>();
  for (const selector of selectors.flatMap(splitList)) {
    const found = names.filter(glob(selector));
    if (found.length === 0) throw usage(`there is no experiment '${selector}'`, nameHint(selector, names));
    for (const name of found) chosen.add(name);
  }
  return { ...request, experiments: experiments.filter(({ name }) => chosen.has(name)) };
}

/** Its number among the chosen, from 1. Undefined, with a notice, if the spec's baseline was not chosen. */
export function baselineNumber(
  { baseline }: SweepRequest,
  all: readonly SweepConfiguration[],
  chosen: readonly SweepConfiguration[],
): number | undefined {
  if (!baseline) return undefined;
  const { name, at } = baseline;
  // --experiments can shorten the names of configurations, so both forms are accepted.
  const short = findBaseline(name, chosen);
  const found = short.found ? short : findBaseline(name, all);
  if (!found.found) {
    const { message, hint } = found;
    throw at ? specError([errorAt(at, message, { hint })]) : usage(message, hint);
  }
  const index = chosen.findIndex((one) => sameConfiguration(one, found.configuration));
  if (index !== -1) return index + 1;
  if (!at) throw usage(`the baseline '${name}' is not among the experiments chosen`);
  printNotice(
    `warning: the baseline '${name}' is not among the experiments chosen, so no differences are shown`,
  );
  return undefined;
}
