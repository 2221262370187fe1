/** The rows of some segments as one table, latest run first. Nothing is decoded before it is asked for. */
import type { RunEntry } from '../entry.ts';
import type { Value } from './column.ts';
import { entriesOfColumns } from './entry-columns.ts';
import { columnKey, type ColumnFacts, type ColumnName, type NamedValues, type Segment } from './segment.ts';

/** Where a run's values are. */
export interface Place {
  readonly segment: Segment;
  readonly row: number;
}

export interface HistoryTable {
  /** Latest first. */
  readonly ids: readonly string[];
  /** In the order in which segments have them. */
  readonly columns: readonly ColumnFacts[];
  /** The values of a column, by `columnKey`, of the latest `most` runs. */
  values(key: string, most?: number): readonly Value[];
  entries(): readonly RunEntry[];
}

export function historyTable(ids: readonly string[], places: readonly Place[]): HistoryTable {
  let facts: readonly ColumnFacts[] | undefined;
  const columns = (): readonly ColumnFacts[] =>
    (facts ??= factsOf([...new Set(places.map(({ segment }) => segment))]));
  const values = (key: string, most = places.length): Value[] => {
    const limit = Math.min(most, places.length);
    const found = new Array<Value>(limit);
    let last: Segment | undefined;
    let read: ((row: number) => Value) | undefined;
    for (let i = 0; i < limit; i++) {
      const { segment, row } = places[i]!;
      // Neighbours are in the same segment as a rule.
      if (segment !== last) read = (last = segment).column(key);
      found[i] = read!(row);
    }
    return found;
  };
  return {
    ids,
    get columns() {
      return columns();
    },
    values,
    entries: () => entriesOfColumns(places.length, columns(), values),
  };
}

/** All columns of the places as those of a new segment. */
export function columnsOfPlaces(places: readonly Place[]): NamedValues[] {
  const table = historyTable([], places);
  return table.columns.map(({ kind, name }) => ({
    kind,
    name,
    values: table.values(columnKey({ kind, name })),
  }));
}

function factsOf(segments: readonly Segment[]): ColumnFacts[] {
  const names = new Map<string, ColumnName>();
  for (const segment of segments)
    for (const [key, column] of segment.columns) if (!names.has(key)) names.set(key, column);
  return [...names].map(([key, { kind, name }]) => {
    const parts = segments.map((segment) => segment.columns.get(key));
    const present = parts.filter((part) => part !== undefined);
    const isWhole = present.length === parts.length && present.every((part) => part.isWhole);
    const all = present[0]!.all;
    return {
      kind,
      name,
      isWhole,
      isNumeric: present.every((part) => part.isNumeric),
      all: isWhole && present.every((part) => part.all === all) ? all : undefined,
    };
  });
}
