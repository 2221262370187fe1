/** A trial: one execution of a configuration, with the results of its stages and its metric. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { warningsOf, type StageResultRecord } from '../execute/run.ts';
import type { End } from '../execute/schedule.ts';
import type { Spec } from '../spec/spec.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Configuration, Repeat } from './configurations.ts';

export interface Trial {
  /** Number of the configuration, in the order of the sweep, from 1. */
  readonly number: number;
  readonly configuration: Configuration;
  readonly repeat: Repeat;
  /** Number of repeats of the configuration. */
  readonly repeats: number;
  readonly spec: Spec;
  /** About its values: parameters that a changed variant does not have. */
  readonly warnings: readonly Diagnostic[];
}

export interface TrialResult {
  readonly trial: Trial;
  readonly state: 'done' | 'failed' | 'interrupted';
  /** Null if the trial failed or does not report the metric. */
  readonly metric: number | null;
  /** Duration of the stages that were executed for it, including shared ones. */
  readonly seconds: number;
  readonly executed: number;
  /** Warnings of all its stages, cached ones too. */
  readonly warnings: number;
  readonly stages: readonly StageResultRecord[];
  /** The first error. */
  readonly error: string | null;
}

/** `ends` has every stage, by its name in the spec. */
export function resultOf(
  trial: Trial,
  ends: ReadonlyMap<string, End>,
  metric: string | undefined,
): TrialResult {
  const stages = trial.spec.stages.map((stage) => ({ stage, end: ends.get(stage.name)! }));
  const failed = stages.find(({ end }) => end.state === 'failed');
  const lost = stages.some(({ end }) => end.state === 'skipped');
  const state = failed ? 'failed' : lost ? 'interrupted' : 'done';
  const executed = stages.filter(({ end }) => end.state === 'executed');
  const seconds = executed.reduce((sum, { end }) => sum + ('seconds' in end ? end.seconds : 0), 0);
  const error = failed?.end.state === 'failed' ? `${failed.stage.name}: ${failed.end.failure.message}` : null;
  const value = state === 'done' && metric !== undefined ? metricOf(stages, metric) : null;
  const warnings = stages.reduce((sum, { end }) => sum + warningsOf(end).length, 0);
  return { trial, state, metric: value, seconds, executed: executed.length, warnings, stages, error };
}

/** Splits `report.mrr@10`. The stage may be an instance of a matrix, whose name may contain dots. */
export function splitMetric(metric: string): readonly [stage: string, name: string] {
  const [, stage, name] = /^([^[.]+(?:\[[^\]]*\])?)\.(.+)$/.exec(metric) ?? [];
  return [stage ?? metric, name ?? ''];
}

/** How a stage of a trial ended, as far as its metrics are concerned: of an execution, or of a record. */
export interface NamedEnd {
  readonly stage: { readonly name: string };
  readonly end:
    | { readonly state: 'executed' | 'cached'; readonly artifact: { readonly manifest: MeasuredManifest } }
    | { readonly state: 'failed' | 'skipped' | 'not-selected' };
}

export type MeasuredManifest = Pick<Manifest, 'kind' | 'key' | 'metrics'>;

/** Null if the stage has no result, or no such numeric metric. */
export function metricOf(stages: readonly NamedEnd[], metric: string): number | null {
  const [stage, name] = splitMetric(metric);
  const value: unknown = artifactOf(stages, stage)?.manifest.metrics[name];
  return typeof value === 'number' ? value : null;
}

export function artifactOf(
  stages: readonly NamedEnd[],
  name: string,
): { readonly manifest: MeasuredManifest } | undefined {
  const end = stages.find(({ stage }) => stage.name === name)?.end;
  return end?.state === 'executed' || end?.state === 'cached' ? end.artifact : undefined;
}

/** `margin=0.2 · seed=42` */
export function trialName({ configuration, repeat }: Trial): string {
  return repeat.name === '' ? configuration.name : `${configuration.name} · ${repeat.name}`;
}
