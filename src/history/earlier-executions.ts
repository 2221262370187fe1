/** Finds the earlier executions that a stage is compared with to explain why it runs. */
import { PipelineError } from '../base/diagnostic.ts';
import type { EarlierKey } from '../plan/earlier.ts';
import { readRun } from './find.ts';
import { latestExecution } from './latest-keys.ts';
import { readRunRecord, runIds, type RunRecord } from './record.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { StoreLayout } from '../store/layout.ts';

/** Number of recent records that are searched for the most similar execution … */
const RECORDS = 10;
/** … unless the spec has more stages than this, because the records of a large matrix are large. */
const MOST_STAGES = 500;
const SIBLINGS = 4;

/** The executions of a stage, latest first, or those of other instances of its matrix if it has none. */
export function earlierKeys(spec: Spec, layout: StoreLayout): (stage: StageSpec) => readonly EarlierKey[] {
  const latest = latestExecution(layout, spec.name);
  const groups = new Map<string, readonly EarlierKey[]>();
  let records: readonly RunRecord[] | undefined;

  const siblings = (group: string): readonly EarlierKey[] => {
    let found = groups.get(group);
    if (!found) groups.set(group, (found = firstOf(spec, group, latest)));
    return found;
  };
  return (stage) => {
    const own = latest(stage.name);
    if (!own) return stage.group === undefined ? [] : siblings(stage.group);
    if (spec.stages.length > MOST_STAGES) return [{ ...own, own: true }];
    records ??= recentRecords(layout, spec.name);
    const keys = [own, ...records.flatMap((record) => executionIn(record, stage.name))];
    return [...new Map(keys.map(({ kind, key }) => [key, { kind, key, own: true }])).values()];
  };
}

function firstOf(
  spec: Spec,
  group: string,
  latest: (stage: string) => Omit<EarlierKey, 'own'> | undefined,
): EarlierKey[] {
  const found: EarlierKey[] = [];
  for (const stage of spec.stages) {
    const execution = stage.group === group ? latest(stage.name) : undefined;
    if (execution) found.push({ ...execution, own: false });
    if (found.length === SIBLINGS) break;
  }
  return found;
}

function recentRecords(layout: StoreLayout, specName: string): RunRecord[] {
  return runIds(layout)
    .slice(0, RECORDS)
    .map((id) => readRunRecord(layout, id))
    .filter((record): record is RunRecord => record?.spec.name === specName);
}

function executionIn(record: RunRecord, stage: string): Omit<EarlierKey, 'own'>[] {
  const { kind, key, state } = record.stages[stage] ?? {};
  return kind !== undefined && key && (state === 'executed' || state === 'cached') ? [{ kind, key }] : [];
}

/** The keys of a given run, for `plan --diff`. */
export function keysOfRun(record: RunRecord): (stage: StageSpec) => readonly EarlierKey[] {
  return (stage) => executionIn(record, stage.name).map((one) => ({ ...one, own: true }));
}

/** A run as named for `findRun`, or `last` for the last run of this spec. */
export function recordOfRun(layout: StoreLayout, specName: string, run: string): RunRecord {
  if (run !== 'last') return readRun(layout, run);
  const records = runIds(layout).map((id) => readRunRecord(layout, id));
  const last = records.find((record) => record?.spec.name === specName);
  if (last) return last;
  throw new PipelineError('E_USAGE', `${layout.root} has no recorded run of '${specName}'`, {
    hint: 'Run `pipeline runs` for the runs of other specs.',
  });
}
