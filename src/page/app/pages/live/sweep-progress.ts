/** The configurations of a running sweep, ranked by the results that there are. No DOM here. */
import type { LiveSweep } from '../../../views/live-view.ts';
import type { StageProgress } from './progress.ts';

export type ConfigurationStatus = 'done' | 'running' | 'waiting' | 'failed' | 'skipped';

export interface ConfigurationProgress {
  readonly name: string;
  readonly status: ConfigurationStatus;
  /** Mean over the repeats that have a result; null while none has. */
  readonly metric: number | null;
  /** Number of repeats, and of those that are done. */
  readonly repeats: number;
  readonly done: number;
  /** Those of all its repeats, each once. */
  readonly stages: readonly StageProgress[];
}

/** Stages of every trial, which are shown once, and the configurations with their own, the best first. */
export function sweepProgress(
  { trials, metric, goal }: LiveSweep,
  stages: readonly StageProgress[],
): { readonly shared: readonly StageProgress[]; readonly configurations: readonly ConfigurationProgress[] } {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const members = trials.map(({ configuration, stages: own }) => {
    const found = Object.values(own).flatMap((name) => byName.get(name) ?? []);
    const value = metric ? byName.get(own[metric.stage] ?? '')?.metrics[metric.ofStage] : undefined;
    const status = statusOf(found);
    return {
      configuration,
      found,
      status,
      value: status === 'done' && typeof value === 'number' ? value : null,
    };
  });
  const names = [...new Set(members.map(({ configuration }) => configuration))];
  const isShared = (stage: StageProgress): boolean =>
    names.length > 1 && members.every(({ found }) => found.includes(stage));
  const configurations = names.map((name): ConfigurationProgress => {
    const own = members.filter(({ configuration }) => configuration === name);
    const values = own.flatMap(({ value }) => value ?? []);
    return {
      name,
      status: statusOf(own.flatMap(({ found }) => found)),
      metric: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
      repeats: own.length,
      done: own.filter(({ status }) => status === 'done').length,
      stages: [...new Set(own.flatMap(({ found }) => found))].filter((stage) => !isShared(stage)),
    };
  });
  const sign = goal === 'maximize' ? -1 : 1;
  return {
    shared: stages.filter(isShared),
    configurations: configurations.sort((a, b) =>
      a.metric !== null && b.metric !== null
        ? sign * (a.metric - b.metric)
        : Number(a.metric === null) - Number(b.metric === null) || ORDER[a.status] - ORDER[b.status],
    ),
  };
}

/** Among those without a result. */
const ORDER: Readonly<Record<ConfigurationStatus, number>> = {
  done: 0,
  running: 1,
  waiting: 2,
  failed: 3,
  skipped: 4,
};

function statusOf(stages: readonly StageProgress[]): ConfigurationStatus {
  const has = (...wanted: readonly StageProgress['status'][]): boolean =>
    stages.some(({ status }) => wanted.includes(status));
  if (has('failed')) return 'failed';
  if (has('running')) return 'running';
  if (has('skipped')) return 'skipped';
  return has('waiting', 'queued') ? 'waiting' : 'done';
}
