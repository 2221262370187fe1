/** What a sweep found, for people and for programs. */
import { stringify } from 'yaml';
import type { SweepRequest } from '../spec/sweep-request.ts';
import { bestSpec } from '../sweep/best-spec.ts';
import { shortNames } from '../sweep/configurations.ts';
import { effects, rank, type Effect } from '../sweep/ranking.ts';
import type { TrialResult } from '../sweep/trial.ts';
import { durationText, numberText, table } from './text.ts';

const MOST_RANKED = 20;

/** Parameters that differ between the configurations. */
function pathsOf(results: readonly TrialResult[]): string[] {
  const all = new Set(results.flatMap(({ trial }) => Object.keys(trial.configuration.values)));
  return [...all].filter(
    (path) => new Set(results.map((one) => JSON.stringify(one.trial.configuration.values[path]))).size > 1,
  );
}

/** Configurations compare only with those that had the same budget. */
function comparable(results: readonly TrialResult[]): readonly TrialResult[] {
  return results.some(({ rung }) => rung !== undefined) ? results.filter(({ rung }) => rung === 0) : results;
}

export function sweepText(results: readonly TrialResult[], { metric, goal, halving }: SweepRequest): string {
  const ranked = rank(results, goal);
  const rows = ranked
    .slice(0, MOST_RANKED)
    .map((result, index) => [
      String(index + 1),
      result.metric === null ? (result.state === 'done' ? '–' : result.state) : numberText(result.metric),
      ...(halving ? [String(result.budget ?? '')] : []),
      result.trial.configuration.name,
      shortError(result.error) ?? (result.executed === 0 ? 'cached' : durationText(result.seconds)),
    ]);
  const head = ['', metric ?? 'metric', ...(halving ? [halving.budget] : []), 'configuration', ''];
  const more =
    ranked.length > MOST_RANKED ? [`… and ${ranked.length - MOST_RANKED} more (--json has all)`] : [];
  const found = halving ? [] : effects(comparable(results), pathsOf(results), goal);
  return [
    table([head, ...rows], ['right', 'right']),
    ...more,
    ...(found.length > 0 ? ['', `effect on ${metric ?? ''}`, effectsText(found)] : []),
  ].join('\n');
}

const LONGEST_ERROR = 60;

function shortError(error: string | null): string | undefined {
  if (error === null) return undefined;
  return error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR - 1)}…` : error;
}

function effectsText(found: readonly Effect[]): string {
  const short = shortNames(found.map(({ path }) => path));
  return table(
    found.map(({ path, spread, correlation, values }) => [
      short.get(path)!,
      numberText(spread),
      correlation === null ? '' : `ρ ${correlation.toFixed(2)}`,
      values.map(({ value, mean, count }) => `${value}: ${numberText(mean)} (${count})`).join(' · '),
    ]),
    ['left', 'right'],
  );
}

export function sweepJson(results: readonly TrialResult[], { metric, goal }: SweepRequest): unknown {
  return {
    type: 'sweep-finished',
    metric: metric ?? null,
    goal,
    ranking: rank(results, goal).map((result) => ({
      configuration: result.trial.configuration.name,
      values: result.trial.configuration.values,
      state: result.state,
      metric: result.metric,
      executed: result.executed,
      seconds: result.seconds,
      ...(result.budget === undefined ? {} : { budget: result.budget }),
      error: result.error,
    })),
    effects: effects(comparable(results), pathsOf(results), goal),
  };
}

/** Undefined where no configuration has the metric. */
export function bestYaml(
  results: readonly TrialResult[],
  { metric, goal, halving }: SweepRequest,
  base: string,
): string | undefined {
  const best = rank(results, goal)[0];
  if (!best || best.metric === null || metric === undefined) return undefined;
  const budget = halving && best.budget !== undefined ? { [halving.budget]: best.budget } : {};
  const title = `# The best of ${results.length} configurations by ${metric}: ${numberText(best.metric)}`;
  return `${title}\n${stringify(bestSpec(best.trial, base, budget))}`;
}
