/** One configuration on its way: what became of its stages, and what it is ranked by. */
import type { Json } from '../base/json.ts';
import type { StageResultRecord } from '../run/run.ts';
import type { End } from '../run/schedule.ts';
import type { Spec } from '../spec/spec.ts';
import type { Configuration } from './configurations.ts';

export type TrialState = 'waiting' | 'running' | 'done' | 'failed' | 'interrupted';

export interface Trial {
  /** In the order of the sweep, from 1. */
  readonly number: number;
  readonly configuration: Configuration;
  readonly spec: Spec;
}

export interface TrialResult {
  readonly trial: Trial;
  readonly state: 'done' | 'failed' | 'interrupted';
  /** Null where it has none: it failed, or does not report the metric. */
  readonly metric: number | null;
  /** Of the stages that were executed for it, shared ones included. */
  readonly seconds: number;
  readonly executed: number;
  readonly stages: readonly StageResultRecord[];
  /** What went wrong first. */
  readonly error: string | null;
  /** Of halving: how far it came, and with which budget. */
  readonly rung?: number;
  readonly budget?: number;
}

/** `ends` by the spec's own stage names; complete. */
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
  const value = state === 'done' && metric !== undefined ? metricOf(ends, metric) : null;
  return { trial, state, metric: value, seconds, executed: executed.length, stages, error };
}

/** `report.mrr@10`; the stage's name may be an instance, whose labels may hold dots. */
export function splitMetric(metric: string): readonly [stage: string, name: string] {
  const [, stage, name] = /^([^[.]+(?:\[[^\]]*\])?)\.(.+)$/.exec(metric) ?? [];
  return [stage ?? metric, name ?? ''];
}

function metricOf(ends: ReadonlyMap<string, End>, metric: string): number | null {
  const [stage, name] = splitMetric(metric);
  const end = ends.get(stage);
  if (end?.state !== 'executed' && end?.state !== 'cached') return null;
  const value: unknown = end.artifact.manifest.metrics[name];
  return typeof value === 'number' ? value : null;
}

export function valueOf(result: TrialResult, path: string): Json | undefined {
  return result.trial.configuration.values[path];
}
