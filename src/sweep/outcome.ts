/** What became of a configuration: one result, or the mean and the spread of its repeats. */
import { mean, standardDeviation } from '../base/statistics.ts';
import type { Spec } from '../spec/spec.ts';
import type { Configuration } from './configurations.ts';
import type { TrialResult } from './trial.ts';

export interface Outcome {
  /** In the order of the sweep, from 1. */
  readonly number: number;
  readonly configuration: Configuration;
  readonly spec: Spec;
  /** As its worst repeat: a mean over those that happened to finish would not compare with the others. */
  readonly state: TrialResult['state'];
  readonly repeats: readonly TrialResult[];
  /** How many there are to be … */
  readonly expected: number;
  /** … and how many were done. */
  readonly finished: number;
  /** Mean over all repeats; null where one of them has none. */
  readonly metric: number | null;
  /** Of the stages that were executed for it; those that repeats share count once. */
  readonly seconds: number;
  readonly executed: number;
  /** What went wrong first. */
  readonly error: string | null;
  /** Of halving: how far it came, and with which budget. */
  readonly rung?: number;
  readonly budget?: number;
}

/** By configuration, in the order of the sweep; `results` in the order of its repeats. */
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
    error: failed ? failedText(failed) : null,
  };
}

function failedText({ trial, error }: TrialResult): string {
  return trial.repeat.name === '' ? error! : `${trial.repeat.name}: ${error!}`;
}

/** Null where one of the values is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const numbers = present(values);
  return numbers && numbers.length > 0 ? mean(numbers) : null;
}

/** Sample standard deviation; null for fewer than two values, or where one is missing. */
export function deviationOf(values: readonly (number | null)[]): number | null {
  const numbers = present(values);
  return numbers && numbers.length > 1 ? standardDeviation(numbers) : null;
}

/** Undefined where one is missing. */
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
