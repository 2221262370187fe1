/** The runs of a sweep as one row of a list. */
import { numberText } from '../base/number-text.ts';
import { mean } from '../base/statistics.ts';
import type { NotedEntry } from './filter.ts';
import type { SweepRecord } from './record.ts';

export interface HistoryRow {
  readonly entry: NotedEntry;
  /** Number of runs that it stands for. */
  readonly runs: number;
}

/** Each sweep once, in the place of its latest run. */
export function groupSweeps(entries: readonly NotedEntry[]): HistoryRow[] {
  const groups = new Map<string, NotedEntry[]>();
  for (const entry of entries) {
    const id = entry.sweep?.id ?? entry.id;
    const group = groups.get(id);
    if (group) group.push(entry);
    else groups.set(id, [entry]);
  }
  return [...groups.values()].map((group) => ({
    entry: group[0]!.sweep ? sweepEntry(group, group[0]!.sweep) : group[0]!,
    runs: group.length,
  }));
}

function sweepEntry(runs: readonly NotedEntry[], sweep: SweepRecord): NotedEntry {
  const sum = (value: (run: NotedEntry) => number): number =>
    runs.reduce((total, run) => total + value(run), 0);
  const outcomes = runs.map(({ outcome }) => outcome);
  return {
    ...runs[0]!,
    id: sweep.id,
    started: runs.at(-1)!.started,
    seconds: sum(({ seconds }) => seconds),
    outcome: (['failed', 'interrupted'] as const).find((one) => outcomes.includes(one)) ?? 'done',
    executed: sum(({ executed }) => executed),
    cached: sum(({ cached }) => cached),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    tags: [...new Set(runs.flatMap(({ tags }) => tags))],
    result: [`sweep: ${runs.length} run${runs.length === 1 ? '' : 's'}`, ...bestText(runs, sweep)].join(
      ' · ',
    ),
  };
}

/** The best mean of a configuration of which every repeat is recorded. */
function bestText(runs: readonly NotedEntry[], { metric, goal, repeats }: SweepRecord): string[] {
  if (metric === null) return [];
  const values = new Map<string, number[]>();
  for (const { sweep } of runs)
    if (sweep && sweep.value !== null)
      values.set(sweep.configuration, [...(values.get(sweep.configuration) ?? []), sweep.value]);
  const means = [...values.values()].filter((list) => list.length === repeats).map((list) => mean(list));
  if (means.length === 0) return [];
  return [`best ${metric} ${numberText(goal === 'maximize' ? Math.max(...means) : Math.min(...means))}`];
}
