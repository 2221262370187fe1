/** Executes trials as one run over their combined stages. */
import type { Diagnostic, PipelineError } from '../base/diagnostic.ts';
import { splitError } from '../plan/missing-splits.ts';
import type { Planner } from '../plan/planner.ts';
import { runPlan, type RunOptions } from '../execute/run.ts';
import type { End } from '../execute/schedule.ts';
import type { Spec } from '../spec/spec.ts';
import { combine, type Combined } from './combine.ts';
import { missingMetric } from './metric-check.ts';
import { resultOf, type Trial, type TrialResult } from './trial.ts';

export interface TrialsOptions extends Omit<
  RunOptions,
  'planner' | 'selected' | 'keepGoing' | 'shareThreads' | 'onEnd'
> {
  readonly metric: string | undefined;
  readonly planner: (combined: Combined) => Promise<Planner>;
  /** Called for each trial as soon as all its stages have ended. */
  readonly onResult: (result: TrialResult, planner: Planner) => void;
  /** Called before anything runs, with the trials that each stage of the combined spec belongs to. */
  readonly onPlan?: (combined: Combined, trials: readonly Trial[]) => void;
}

export async function runTrials(trials: readonly Trial[], options: TrialsOptions): Promise<TrialResult[]> {
  const combined = combine(trials.map(({ spec }) => spec));
  const planner = await options.planner(combined);
  options.onPlan?.(combined, trials);
  const refused: Diagnostic[] = [];
  const unmeasured = new AbortController();
  let fault: PipelineError | undefined;
  const watch = watchTrials(trials, combined, (index, ends) => {
    // What the corpus shows to be wrong is one error of the sweep, not one of each trial.
    if (refused.length > 0) return;
    const result = resultOf(trials[index]!, ends, options.metric);
    fault ??= missingMetric(result, options.metric);
    if (fault) {
      unmeasured.abort();
      return;
    }
    results[index] = result;
    options.onResult(result, planner);
  });
  const results: TrialResult[] = [];
  await runPlan({
    ...options,
    planner,
    selected: new Set(planner.order.map((stage) => stage.name)),
    keepGoing: true,
    shareThreads: true,
    stop: AbortSignal.any([options.stop, unmeasured.signal]),
    onRefused: (diagnostics) => refused.push(...diagnostics),
    onEnd: (stage, end) => {
      watch(stage.name, end);
    },
  });
  if (refused.length > 0) throw splitError(refused);
  if (fault) throw fault;
  return results;
}

/** Calls back with the ends of a trial's stages, by their names in the trial, when all of them have ended. */
function watchTrials(
  trials: readonly Trial[],
  { names }: Combined,
  whenComplete: (index: number, ends: ReadonlyMap<string, End>) => void,
): (stage: string, end: End) => void {
  const members = new Map<string, { readonly index: number; readonly own: string }[]>();
  for (const [index, own] of names.entries())
    for (const [name, stage] of own) {
      const list = members.get(stage);
      if (list) list.push({ index, own: name });
      else members.set(stage, [{ index, own: name }]);
    }
  const ends = trials.map(() => new Map<string, End>());
  return (stage, end) => {
    for (const { index, own } of members.get(stage) ?? []) {
      ends[index]!.set(own, end);
      if (ends[index]!.size === names[index]!.size) whenComplete(index, ends[index]!);
    }
  };
}

/** A combined plan has one engine, so a sweep cannot vary the engine. */
export function sameEngine(specs: readonly Spec[]): boolean {
  const first = JSON.stringify(specs[0]?.engine);
  return specs.every(({ engine }) => JSON.stringify(engine) === first);
}
