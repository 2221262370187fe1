/** The entries of runs as columns, and an entry from the columns of its row. */
import { ENTRY_FIELDS, type EntryField, type RunEntry } from '../entry.ts';
import type { SweepRecord } from '../record.ts';
import type { Scalar, Values } from '../values.ts';
import type { Value } from './column.ts';
import { columnKey, type ColumnKind, type NamedValues } from './segment.ts';

/** What a record's file was when it was read: another size or time is another record. */
export interface FileMark {
  readonly size: number;
  readonly time: number;
}

export interface MarkedEntry {
  readonly entry: RunEntry;
  readonly mark: FileMark;
}

const SWEEP_FIELDS = [
  'id',
  'configuration',
  'repeats',
  'metric',
  'goal',
  'value',
] as const satisfies readonly (keyof SweepRecord)[];

export const ID = columnKey({ kind: 'field', name: 'id' });
export const MARK = {
  size: columnKey({ kind: 'record', name: 'size' }),
  time: columnKey({ kind: 'record', name: 'time' }),
};
export const fieldKey = (name: EntryField): string => columnKey({ kind: 'field', name });
export const sweepKey = (name: keyof SweepRecord): string => columnKey({ kind: 'sweep', name });

export function columnsOfEntries(marked: readonly MarkedEntry[]): NamedValues[] {
  const columns = new Map<string, { kind: ColumnKind; name: string; values: Value[] }>();
  const put = (kind: ColumnKind, name: string, row: number, value: Value): void => {
    const key = columnKey({ kind, name });
    let column = columns.get(key);
    if (!column)
      columns.set(key, (column = { kind, name, values: new Array<Value>(marked.length).fill(undefined) }));
    column.values[row] = value;
  };
  for (const [row, { entry, mark }] of marked.entries()) {
    put('record', 'size', row, mark.size);
    put('record', 'time', row, mark.time);
    for (const name of ENTRY_FIELDS) put('field', name, row, entry[name]);
    if (entry.sweep) for (const name of SWEEP_FIELDS) put('sweep', name, row, entry.sweep[name]);
    for (const [name, value] of Object.entries(entry.params)) put('parameter', name, row, value);
    for (const [name, value] of Object.entries(entry.metrics)) put('metric', name, row, value);
  }
  return [...columns.values()];
}

/** `read`: the values of a column, one a row. */
export function entriesOfColumns(
  rows: number,
  columns: Iterable<{ readonly kind: ColumnKind; readonly name: string }>,
  read: (key: string) => readonly Value[],
): RunEntry[] {
  const entries = Array.from({ length: rows }, () => ({
    fields: {},
    sweep: {},
    params: {},
    metrics: {},
  }));
  const into = {
    record: undefined,
    field: 'fields',
    sweep: 'sweep',
    parameter: 'params',
    metric: 'metrics',
  } as const;
  for (const { kind, name } of columns) {
    const member = into[kind];
    if (member === undefined) continue;
    const values = read(columnKey({ kind, name }));
    for (const [row, value] of values.entries())
      if (value !== undefined) (entries[row]![member] as Record<string, Scalar>)[name] = value;
  }
  return entries.map(({ fields, sweep, params, metrics }) => ({
    ...(fields as Omit<RunEntry, 'params' | 'metrics' | 'sweep'>),
    params: params satisfies Values,
    metrics: metrics satisfies Values,
    sweep: 'id' in sweep ? (sweep as unknown as SweepRecord) : null,
  }));
}
