/**
 * Checks that some configuration of a sweep gives each metric that it asks for: before anything runs as far as kinds
 * declare their metrics, otherwise by the first result.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { didYouMean, listHint, nameHint, nearest } from '../base/nearest.ts';
import { matchesMetric, metricPatterns } from '../kinds/metric-names.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import { artifactOf, splitMetric, type TrialResult } from './trial.ts';

export interface MetricFault {
  readonly message: string;
  readonly hint: string | undefined;
}

/** Undefined if a spec gives the metric, or may: kinds that declare no metrics are only known once they ran. */
export function metricFault(metric: string, specs: readonly Spec[]): MetricFault | undefined {
  const [stage, name] = splitMetric(metric);
  const stages = specs.flatMap((spec) => spec.stages.filter((one) => one.name === stage));
  if (stages.length === 0) return missingStage(stage, specs);
  const declared = stages.map(patternsOf);
  if (declared.some((patterns) => patterns === undefined || matchesMetric(patterns, name))) return undefined;
  const names = [...new Set(declared.flatMap((patterns) => patterns!))].filter((one) => !one.includes('*'));
  const none = `The kind ${stages[0]!.kind.name} gives no metrics with these parameters.`;
  const close = didYouMean(
    metric,
    names.map((one) => `${stage}.${one}`),
  );
  return {
    message: `the stage '${stage}' gives no metric '${name}'`,
    hint: close ?? listHint(names) ?? none,
  };
}

const patternsOf = ({ kind, with: parameters }: StageSpec): readonly string[] | undefined =>
  metricPatterns(kind.declaration, parameters);

function missingStage(stage: string, specs: readonly Spec[]): MetricFault {
  const all = specs.flatMap((spec) => spec.stages);
  const instances = [...new Set(all.filter(({ group }) => group === stage).map(({ name }) => name))];
  if (instances.length > 0)
    return {
      message: `the stage '${stage}' has a matrix, so name one of its instances`,
      hint: listHint(instances),
    };
  const names = [...new Set(all.map(({ name }) => name))];
  return { message: `no configuration has a stage '${stage}'`, hint: nameHint(stage, names) };
}

const MOST_NAMED = 12;

/** The error if a finished trial has no such metric, not even an empty one. */
export function missingMetric(
  { state, stages }: Pick<TrialResult, 'state' | 'stages'>,
  metric: string | undefined,
): PipelineError | undefined {
  if (state !== 'done' || metric === undefined) return undefined;
  const [stage, name] = splitMetric(metric);
  const metrics = artifactOf(stages, stage)?.manifest.metrics ?? {};
  const value = metrics[name];
  if (typeof value === 'number' || value === null) return undefined;
  const numbers = Object.keys(metrics).filter((one) => typeof metrics[one] === 'number');
  const close = nearest(name, numbers);
  const more = numbers.length > MOST_NAMED ? ` and ${numbers.length - MOST_NAMED} more` : '';
  const known =
    numbers.length === 0
      ? 'It has no numeric metrics.'
      : `It has ${numbers.slice(0, MOST_NAMED).join(', ')}${more}.`;
  return new PipelineError('E_USAGE', `the stage '${stage}' has no numeric metric '${name}'`, {
    hint: close === undefined ? known : `Did you mean '${stage}.${close}'?`,
  });
}
