/** The outcome of a configuration: a single result, or the mean and deviation of its repeats. */
import { mean, standardDeviation } from '../base/statistics.ts';
import type { Spec } from '../spec/spec.ts';
import type { Configuration } from './configurations.ts';
import type { TrialResult } from './trial.ts';

export interface Outcome {
  /** In the order of the sweep, from 1. */
  readonly number: number;
  readonly configuration: Configuration;
  readonly spec: Spec;
  /** The state of the worst repeat, because a mean over only some repeats is not comparable with the others. */
  readonly state: TrialResult['state'];
  readonly repeats: readonly TrialResult[];
  /** Number of repeats … */
  readonly expected: number;
  /** … and how many of them finished. */
  readonly finished: number;
  /** Mean over all repeats; null if one of them has no metric. */
  readonly metric: number | null;
  /** Duration of the stages that were executed for it; those that repeats share count once. */
  readonly seconds: number;
  readonly executed: number;
  /** Warnings of the repeat that has most: those of stages that repeats share would count several times in a sum. */
  readonly warnings: number;
  /** The first error. */
  readonly error: string | null;
  /** For successive halving: the last rung, and its budget. */
  readonly rung?: number;
  readonly budget?: number;
}

/** Groups results by configuration, in the order of the sweep; `results` are in the order of the repeats. */
export function outcomesOf(results: readonly TrialResult[]): Outcome[] {
  const groups = new Map<number, TrialResult[]>();
  for (const result of results) {
    const group = groups.get(result.trial.number);
    if (group) group.push(result);
    else groups.set(result.trial.number, [result]);
  }
  return [...groups.values()].map(outcomeOf).sort((a, b) => a.number - b.number);
}

function outcomeOf(repeats: readonly TrialResult[]): Outcome {
  const { trial } = repeats[0]!;
  const failed = repeats.find(({ state }) => state === 'failed');
  const finished = repeats.filter(({ state }) => state === 'done').length;
  const state = failed ? 'failed' : finished < trial.repeats ? 'interrupted' : 'done';
  return {
    number: trial.number,
    configuration: trial.configuration,
    spec: trial.spec,
    state,
    repeats,
    expected: trial.repeats,
    finished,
    metric: state === 'done' ? meanOf(repeats.map(({ metric }) => metric)) : null,
    ...workOf(repeats),
    warnings: Math.max(...repeats.map(({ warnings }) => warnings)),
    error: failed ? failedText(failed) : null,
  };
}

function failedText({ trial, error }: TrialResult): string {
  return trial.repeat.name === '' ? error! : `${trial.repeat.name}: ${error!}`;
}

/** Null if one of the values is null. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const numbers = present(values);
  return numbers && numbers.length > 0 ? mean(numbers) : null;
}

/** Sample standard deviation; null for fewer than two values or if one is missing. */
export function deviationOf(values: readonly (number | null)[]): number | null {
  const numbers = present(values);
  return numbers && numbers.length > 1 ? standardDeviation(numbers) : null;
}

/** Undefined if a value is missing. */
function present(values: readonly (number | null)[]): readonly number[] | undefined {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === values.length ? numbers : undefined;
}

function workOf(repeats: readonly TrialResult[]): Pick<Outcome, 'seconds' | 'executed'> {
  if (repeats.length === 1) return { seconds: repeats[0]!.seconds, executed: repeats[0]!.executed };
  const seconds = new Map<string, number>();
  for (const { stages } of repeats)
    for (const { end } of stages)
      if (end.state === 'executed') seconds.set(end.artifact.manifest.key, end.seconds);
  return { seconds: [...seconds.values()].reduce((sum, one) => sum + one, 0), executed: seconds.size };
}
