/** A sweep from the records of its runs. Configurations that were cached when it ran have no record in it. */
import { PipelineError } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import type { RunRecord, StageRecord } from '../../history/record.ts';
import { readRunRecord } from '../../history/record.ts';
import { historyIndex } from '../../history/columns/history-index.ts';
import { sweepKey } from '../../history/columns/entry-columns.ts';
import { parametersOf, type Values } from '../../history/values.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { NamedEnd } from '../../sweep/trial.ts';
import type { SweepOutcome, SweepRepeat, SweepSource } from './sweep-source.ts';

const SHORTEST_PART = 4;

/** The ids of recorded sweeps that are, begin or end with `text`, latest first. */
export function sweepsNamed(layout: StoreLayout, text: string): string[] {
  const ids = sweepIds(layout);
  if (ids.includes(text)) return [text];
  return text.length < SHORTEST_PART ? [] : ids.filter((id) => id.startsWith(text) || id.endsWith(text));
}

function sweepIds(layout: StoreLayout): string[] {
  const { table } = historyIndex(layout).refresh();
  return [...new Set(table.values(sweepKey('id')))].filter((id) => typeof id === 'string');
}

export interface RecordedSweepOptions {
  /** Name of the configuration that the others are compared with. */
  readonly baseline?: string | undefined;
}

/** Throws `E_USAGE` if no configuration has the name of the baseline. */
export function recordedSweep(
  layout: StoreLayout,
  id: string,
  { baseline }: RecordedSweepOptions = {},
): SweepSource {
  const { table } = historyIndex(layout).refresh();
  const sweeps = table.values(sweepKey('id'));
  const runs = table.ids.filter((_, row) => sweeps[row] === id);
  const records = runs.flatMap((run) => readRunRecord(layout, run) ?? []).reverse();
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const name = record.sweep!.configuration;
    groups.set(name, [...(groups.get(name) ?? []), record]);
  }
  const [first] = records;
  if (!first?.sweep) throw new PipelineError('E_RECORD', `the runs of sweep ${id} cannot be read`);
  const { metric, goal, repeats } = first.sweep;
  // Of successive halving, a configuration has one run for each rung: the last ones count.
  const latest = [...groups].map(([name, all]) => ({ name, runs: all.slice(-repeats) }));
  const values = variedValues(latest.map((one) => one.runs));
  const outcomes = latest.map(({ name, runs: own }, index) =>
    outcomeOf({ number: index + 1, name, values: values[index]! }, own),
  );
  const partial = latest.filter(({ runs: own }) => own.length < repeats).length;
  return {
    id,
    spec: first.spec,
    metric,
    goal,
    started: first.started,
    repeats,
    outcomes,
    baseline: baseline === undefined ? undefined : numberOf(baseline, outcomes),
    notes: [
      'Configurations that were cached when the sweep ran have no record in it and are not shown.',
      ...(partial > 0
        ? [`${partial} of the configurations have fewer than ${repeats} recorded repeats.`]
        : []),
    ],
  };
}

function numberOf(name: string, outcomes: readonly SweepOutcome[]): number {
  const found = outcomes.find((one) => one.name === name);
  if (found) return found.number;
  const names = outcomes.map((one) => one.name);
  const close = nearest(name, names);
  throw new PipelineError('E_USAGE', `the sweep has no configuration '${name}'`, {
    hint:
      close === undefined
        ? `The configurations are ${names.slice(0, 5).join(', ')}.`
        : `Did you mean '${close}'?`,
  });
}

function outcomeOf(
  head: Pick<SweepOutcome, 'number' | 'name' | 'values'>,
  runs: readonly RunRecord[],
): SweepOutcome {
  const repeats = runs.map(({ id, outcome, stages }): SweepRepeat => ({
    run: id,
    state: outcome,
    stages: endsOf(stages),
  }));
  const failed = runs.find(({ outcome }) => outcome === 'failed');
  const [, fault] = Object.entries(failed?.stages ?? {}).find(([, { state }]) => state === 'failed') ?? [];
  return {
    ...head,
    state: failed ? 'failed' : runs.some(({ outcome }) => outcome === 'interrupted') ? 'interrupted' : 'done',
    repeats,
    seconds: runs.reduce((sum, { stages }) => sum + executedSeconds(stages), 0),
    warnings: Math.max(0, ...runs.map(({ stages }) => warningsIn(stages))),
    error: fault?.error ?? null,
  };
}

type Stages = Readonly<Record<string, StageRecord>>;

/** As the record has them: the artifacts may be gone, and their scores of single queries with them. */
function endsOf(stages: Stages): NamedEnd[] {
  return Object.entries(stages).map(([name, { kind, key, metrics }]): NamedEnd => {
    const stage = { name };
    if (key === null) return { stage, end: { state: 'skipped' } };
    return { stage, end: { state: 'cached', artifact: { manifest: { kind, key, metrics } } } };
  });
}

const executedSeconds = (stages: Stages): number =>
  Object.values(stages).reduce((sum, { state, seconds }) => sum + (state === 'executed' ? seconds : 0), 0);

const warningsIn = (stages: Stages): number =>
  Object.values(stages).reduce((sum, { warnings = [] }) => sum + warnings.length, 0);

/** No JSON text. */
const ABSENT = '';

/**
 * The parameters in which the configurations differ, of each. Of parameters that always change together, such as those
 * that refer to one of the spec's `params`, the first counts. What differs between the repeats of one configuration,
 * and what only some configurations have, is left out.
 */
export function variedValues(
  configurations: readonly (readonly Pick<RunRecord, 'params' | 'parameters'>[])[],
): Values[] {
  const flat = configurations.map((runs) => runs.map(parametersOf));
  const names = [...new Set(flat.flat().flatMap((values) => Object.keys(values)))];
  const seen = new Set<string>();
  const varied = names.filter((name) => {
    const columns = flat.map((runs) => [
      ...new Set(runs.map((values) => (name in values ? JSON.stringify(values[name]) : ABSENT))),
    ]);
    if (columns.some((values) => values.length > 1)) return false;
    const present = new Set(columns.flat().filter((value) => value !== ABSENT));
    const column = JSON.stringify(columns);
    if (present.size < 2 || seen.has(column)) return false;
    seen.add(column);
    return true;
  });
  return flat.map(([first]) =>
    Object.fromEntries(
      varied.flatMap((name) => (first && name in first ? [[name, first[name]!] as const] : [])),
    ),
  );
}
