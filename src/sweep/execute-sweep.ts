/** Executes the configurations of a sweep, in rungs if it uses successive halving, and records their runs. */
import { timestamp } from '../base/clock.ts';
import { PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import type { Key } from '../base/hash.ts';
import type { Capacity } from '../execute/capacity.ts';
import type { Executor } from '../execute/executor.ts';
import { recordRun } from '../execute/record-run.ts';
import { earlierKeys } from '../history/earlier-executions.ts';
import { openPlanner, type Planner, type PlannerOptions } from '../plan/planner.ts';
import { newRunId } from '../history/record.ts';
import { rungId, type BegunSweep } from '../history/run-events.ts';
import type { Variable } from '../spec/check.ts';
import { specError } from '../spec/spec-error.ts';
import type { Override } from '../spec/values/overrides.ts';
import type { SweepRequest } from '../spec/sweep/request-types.ts';
import type { StoreLayout } from '../store/layout.ts';
import { beginUse, type Use } from '../store/local/use.ts';
import { removeAbandonedWork } from '../store/local/work.ts';
import type { Store } from '../store/store.ts';
import type { Combined } from './combine.ts';
import { repeatsOf, type Configuration } from './configurations.ts';
import { budgets, promoted } from './halving.ts';
import { outcomesOf, type Outcome } from './outcome.ts';
import { sweepEvents } from './record-events.ts';
import type { SweepReporter } from './reporter.ts';
import { runTrials, sameEngine } from './run-trials.ts';
import type { Trial } from './trial.ts';

export interface Sweep {
  readonly file: string;
  readonly store: Store;
  /** The store's folder on this machine. */
  readonly layout: StoreLayout;
  readonly variable: Variable;
  readonly request: SweepRequest;
}

/** The environment in which a sweep executes. */
export interface SweepEnvironment {
  readonly executor: Executor;
  readonly reporter: SweepReporter;
  readonly capacity: Capacity;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** Shows the user a warning. */
  readonly notice: (text: string) => void;
}

type Numbered = Configuration & { readonly number: number };

export const numbered = (configurations: readonly Configuration[]): Numbered[] =>
  configurations.map((one, index) => ({ ...one, number: index + 1 }));

/** The trials that are executed first: all, or those of the rung with the smallest budget. */
export function firstTrials(sweep: Sweep, configurations: readonly Configuration[]): Promise<Trial[]> {
  const { halving } = sweep.request;
  const least = halving && budgets(halving)[0]!;
  return trialsOf(sweep, numbered(configurations), halving ? [{ set: `${halving.budget}=${least!}` }] : []);
}

async function trialsOf(
  { variable, request }: Sweep,
  configurations: readonly Numbered[],
  more: readonly Override[],
): Promise<Trial[]> {
  const repeats = repeatsOf(request.repeat);
  const trials: Trial[] = [];
  const faults: Diagnostic[] = [];
  for (const { number, ...configuration } of configurations)
    for (const repeat of repeats) {
      const varied = await variable.vary([...configuration.overrides, ...repeat.overrides, ...more]);
      const trial = { number, configuration, repeat, repeats: repeats.length };
      if (varied.ok) trials.push({ ...trial, ...varied.value });
      else faults.push(...varied.error);
    }
  if (faults.length > 0) throw specError(faults);
  if (!sameEngine(trials.map(({ spec }) => spec)))
    throw new PipelineError('E_USAGE', 'a sweep cannot use several engines', {
      hint: 'Run one sweep per engine, for example with `--set engine.backend=wasm`.',
    });
  return trials;
}

export interface SweepResult {
  readonly outcomes: readonly Outcome[];
  /** It was stopped before everything was finished. */
  readonly interrupted: boolean;
}

const isInterrupted = ({ state }: Outcome): boolean => state === 'interrupted';

/** `first` are its `firstTrials`. */
export async function executeSweep(
  sweep: Sweep,
  configurations: readonly Configuration[],
  first: readonly Trial[],
  environment: SweepEnvironment,
): Promise<SweepResult> {
  const { halving, goal } = sweep.request;
  const { reporter, stop } = environment;
  const use = beginUse(sweep.layout);
  removeAbandonedWork(sweep.layout);
  const context: Context = { ...environment, id: newRunId(timestamp()), sweep, use };
  try {
    if (!halving) {
      const outcomes = await runRung(context, first);
      return { outcomes, interrupted: outcomes.some(isInterrupted) };
    }
    let interrupted = false;
    const last = new Map<number, Outcome>();
    let left = numbered(configurations);
    for (const [rung, budget] of budgets(halving).entries()) {
      reporter.onRung?.(rung, budget, left.length);
      const trials =
        rung === 0 ? first : await trialsOf(sweep, left, [{ set: `${halving.budget}=${budget}` }]);
      const outcomes = (await runRung(context, trials, { number: rung, budget })).map((one) => ({
        ...one,
        rung,
        budget,
      }));
      interrupted = outcomes.some(isInterrupted);
      // What an interrupted rung did not finish keeps the result of the rung before.
      for (const outcome of outcomes)
        if (!isInterrupted(outcome) || !last.has(outcome.number)) last.set(outcome.number, outcome);
      const isLast = budget === halving.max;
      interrupted ||= stop.aborted && !isLast;
      if (stop.aborted) break;
      const best = new Set(promoted(outcomes, halving.factor, goal).map(({ number }) => number));
      left = left.filter(({ number }) => best.has(number));
    }
    return { outcomes: [...last.values()].sort((a, b) => a.number - b.number), interrupted };
  } finally {
    use.close();
  }
}

interface Context extends SweepEnvironment {
  /** Of the sweep. */
  readonly id: string;
  readonly sweep: Sweep;
  readonly use: Use;
}

/** Plans the combined spec. Stages are compared with earlier executions of the stage that they are variations of. */
export function combinedPlanner(
  { layout, store, variable }: Sweep,
  { spec, original }: Combined,
  note?: PlannerOptions['note'],
): Promise<Planner> {
  const earlier = earlierKeys(variable.checked.spec, layout);
  return openPlanner(spec, {
    store,
    cache: layout.cache,
    forced: new Set(),
    note,
    earlier: (stage) => earlier({ ...stage, name: original.get(stage.name) ?? stage.name }),
  });
}

/** A warning if the repeats do not differ: their deviation is then zero, which must not be read as low variance. */
function idleRepeats(
  { repeat }: SweepRequest,
  { names }: Combined,
  trials: readonly Trial[],
): string | undefined {
  const distinct = new Set(
    trials.map((trial, index) => `${trial.number} ${[...names[index]!.values()].join()}`),
  );
  if (trials[0]!.repeats === 1 || distinct.size > trials.length / trials[0]!.repeats) return undefined;
  const paths = repeat.map(({ path }) => path).join(' and ');
  return `warning: ${paths} changes no stage, so that all repeats are the same`;
}

async function runRung(
  { id, sweep, reporter, use, executor, capacity, stop, kill, notice }: Context,
  trials: readonly Trial[],
  rung: BegunSweep['rung'] = null,
): Promise<Outcome[]> {
  const { layout, store, request } = sweep;
  const started = timestamp();
  // Whoever follows the sweep by its id finds its results under it once it has ended.
  const run = rungId(id, rung?.number ?? 0);
  const { metric = null, goal } = request;
  const events = sweepEvents(layout, { run, started, sweep: { id, metric, goal, rung } }, reporter.onEvent);
  const note = (kind: string, key: Key): void => {
    use.add(kind, key);
  };
  const results = await runTrials(trials, {
    store,
    executor,
    run,
    capacity,
    stop,
    kill,
    emit: events.emit,
    metric: request.metric,
    onPlan(combined, all) {
      reporter.onPlan(combined, all);
      events.plan(combined, all);
      const idle = idleRepeats(request, combined, all);
      if (idle !== undefined) notice(idle);
    },
    planner: (combined) => combinedPlanner(sweep, combined, note),
    onResult(result, planner) {
      reporter.onResult(result);
      const { spec } = result.trial;
      const outcome = result.state;
      // A configuration with only cached stages is already recorded.
      if (result.executed === 0 && outcome !== 'failed') return;
      const facts = {
        id: newRunId(started),
        started,
        result: { outcome, seconds: result.seconds, stages: result.stages },
        engine: planner.engine,
        sweep: {
          id,
          configuration: result.trial.configuration.name,
          repeats: result.trial.repeats,
          metric,
          goal,
          value: result.metric,
        },
      };
      const unrecorded = recordRun(spec, layout, facts);
      if (unrecorded !== undefined) notice(unrecorded);
    },
  }).finally(() => {
    events.close();
  });
  return outcomesOf(results);
}
