/**
 * The table of runs. The records are read once, through the index of the history; afterwards only what is new is read,
 * so that a request costs a listing of two folders.
 */
import { statSync } from 'node:fs';
import { begunRuns, begunState } from '../../../history/run-events.ts';
import { entryOf, stagesText, type RunEntry } from '../../../history/entry.ts';
import { allNotes, NO_NOTES, type Notes } from '../../../history/notes.ts';
import { readRunRecord, runIds } from '../../../history/record.ts';
import { readHistory } from '../../../history/run-index.ts';
import { join } from 'node:path';
import type { StoreLayout } from '../../../store/layout.ts';
import {
  FIELDS,
  type BegunView,
  type Cell,
  type ColumnView,
  type FieldName,
  type OtherColumn,
  type RunsView,
} from '../../views/runs-view.ts';
import { columnOf } from './columns.ts';

export interface RunsTable {
  /** The view as JSON. */
  view(): string;
  /** The values of one parameter, metric or fact of the environment as JSON; undefined if no run has it. */
  column(name: string): string | undefined;
  /** Another text whenever the view may have changed. */
  state(): string;
}

/** More new records than this are read through the index. */
const MOST_READ = 100;
const ENVIRONMENT = ['engine', 'version', 'node', 'platform', 'cpu', 'threads'] as const;

interface Known {
  readonly ids: readonly string[];
  readonly entries: readonly RunEntry[];
  readonly unreadable: readonly string[];
}

export function runsTable(layout: StoreLayout): RunsTable {
  let known: Known = { ids: [], entries: [], unreadable: [] };
  let others: readonly OtherColumn[] = [];
  let suggested: readonly string[] = [];
  let written: { readonly state: string; readonly text: string } | undefined;

  const refresh = (): void => {
    const ids = runIds(layout);
    if (ids.length === known.ids.length && ids.every((id, i) => id === known.ids[i])) return;
    known = { ids, ...readNew(layout, ids, known) };
    others = otherColumns(known.entries);
    suggested = suggestedColumns(known.entries, others);
    written = undefined;
  };
  /** Reads what is new. */
  const begunRecorded = (): BegunView[] => {
    refresh();
    return begunOf(layout, new Set(known.ids));
  };
  const stateOf = (begun: readonly BegunView[]): string =>
    JSON.stringify([known.ids.length, known.ids[0] ?? null, notesTime(layout), begun]);
  return {
    state: () => stateOf(begunRecorded()),
    view() {
      const begun = begunRecorded();
      const state = stateOf(begun);
      if (written?.state === state) return written.text;
      const view: RunsView = {
        store: layout.root,
        state,
        rows: known.entries.length,
        fields: fieldsOf(known.entries, allNotes(layout)),
        others,
        suggested,
        unreadable: known.unreadable,
        begun,
      };
      written = { state, text: JSON.stringify(view) };
      return written.text;
    },
    column(name) {
      refresh();
      const found = others.find((other) => other.name === name);
      return found && JSON.stringify(columnOf(known.entries.map((entry) => cellOf(entry, found))));
    },
  };
}

function readNew(layout: StoreLayout, ids: readonly string[], known: Known): Omit<Known, 'ids'> {
  const before = new Map(known.entries.map((entry) => [entry.id, entry]));
  const unreadable = new Set(known.unreadable);
  const added = ids.filter((id) => !before.has(id) && !unreadable.has(id));
  if (added.length > MOST_READ) {
    const { entries, damaged } = readHistory(layout);
    return { entries, unreadable: damaged };
  }
  for (const id of added) {
    const record = readRunRecord(layout, id);
    if (record) before.set(id, entryOf(record));
    else unreadable.add(id);
  }
  return {
    entries: ids.flatMap((id) => before.get(id) ?? []),
    unreadable: ids.filter((id) => unreadable.has(id)),
  };
}

function begunOf(layout: StoreLayout, recorded: ReadonlySet<string>): BegunView[] {
  return begunRuns(layout)
    .filter(({ run }) => !recorded.has(run))
    .map((begun) => ({
      run: begun.run,
      spec: begun.spec.name,
      started: begun.started,
      state: begunState(begun),
      stages: begun.stages.length,
    }));
}

/** Notes are written by `pipeline tag`, each as a new file. */
function notesTime(layout: StoreLayout): number {
  return statSync(join(layout.runs, 'notes'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function fieldsOf(
  entries: readonly RunEntry[],
  notes: ReadonlyMap<string, Notes>,
): Record<FieldName, ColumnView> {
  const value = (entry: RunEntry, field: FieldName): Cell => {
    const { tags, note } = notes.get(entry.id) ?? NO_NOTES;
    switch (field) {
      case 'stages':
        return stagesText(entry);
      case 'tags':
        return tags.join(' ');
      case 'note':
        return note;
      case 'sweep':
        return entry.sweep?.id ?? null;
      case 'configuration':
        return entry.sweep?.configuration ?? null;
      case 'seconds':
        return Number(entry.seconds.toPrecision(4));
      case 'id':
      case 'spec':
      case 'started':
      case 'outcome':
      case 'warnings':
      case 'result':
        return entry[field];
    }
  };
  return Object.fromEntries(
    FIELDS.map((field) => [field, columnOf(entries.map((entry) => value(entry, field)))]),
  ) as Record<FieldName, ColumnView>;
}

function otherColumns(entries: readonly RunEntry[]): OtherColumn[] {
  const columns = new Map<
    string,
    { kind: OtherColumn['kind']; first: Cell; varies: boolean; numeric: boolean; count: number }
  >();
  const note = (kind: OtherColumn['kind'], name: string, value: Cell): void => {
    const column = columns.get(name);
    if (!column) columns.set(name, { kind, first: value, varies: false, numeric: isNumber(value), count: 1 });
    else {
      column.varies ||= value !== column.first;
      column.numeric &&= isNumber(value);
      column.count += 1;
    }
  };
  for (const entry of entries) {
    for (const name of Object.keys(entry.params)) note('parameter', name, entry.params[name]!);
    for (const name of Object.keys(entry.metrics)) note('metric', name, entry.metrics[name]!);
    for (const name of ENVIRONMENT) note('environment', name, entry[name]);
  }
  return [...columns].map(([name, { kind, varies, numeric, count }]) => ({
    name,
    kind,
    varies: varies || count < entries.length,
    isNumeric: numeric,
  }));
}

const isNumber = (value: Cell): boolean => typeof value === 'number' || value === null;

const MOST_SUGGESTED = 4;
/** Runs that are looked at for suggestions. */
const LATEST = 200;

/** The measure of the latest runs, and the parameters with the fewest values among those that vary. */
function suggestedColumns(entries: readonly RunEntry[], others: readonly OtherColumn[]): string[] {
  const latest = entries.slice(0, LATEST);
  const metrics = new Set(others.filter(({ kind }) => kind === 'metric').map(({ name }) => name));
  const measure =
    latest.map(({ sweep }) => sweep?.metric ?? null).find((name) => name !== null && metrics.has(name)) ??
    [...metrics].find((name) => /^[^/]*\bmrr@10$/.test(name)) ??
    [...metrics].find((name) => name.includes('@'));
  const counts = others
    .filter(({ kind, varies }) => kind === 'parameter' && varies)
    .map(({ name }) => ({ name, distinct: distinctValues(latest, name) }))
    .filter(({ distinct }) => distinct > 1);
  // `params.seed` and the parameters that take their value from it vary together: the first stands for all.
  const shown = new Map<string, string>();
  for (const { name } of counts.sort((a, b) => b.distinct - a.distinct)) {
    const pattern = JSON.stringify(latest.map(({ params }) => params[name] ?? null));
    const before = shown.get(pattern);
    if (before === undefined || (!before.startsWith('params.') && name.startsWith('params.')))
      shown.set(pattern, name);
  }
  return [...(measure === undefined ? [] : [measure]), ...[...shown.values()].slice(0, MOST_SUGGESTED - 1)];
}

/** Runs of other specs lack the parameter: that is no value to compare. */
function distinctValues(entries: readonly RunEntry[], name: string): number {
  return new Set(entries.flatMap(({ params }) => params[name] ?? [])).size;
}

function cellOf(entry: RunEntry, { name, kind }: OtherColumn): Cell {
  switch (kind) {
    case 'parameter':
      return entry.params[name] ?? null;
    case 'metric':
      return entry.metrics[name] ?? null;
    case 'environment':
      return entry[name as (typeof ENVIRONMENT)[number]];
  }
}
