/** The table of all runs, column by column: a store may have 10,000 runs with hundreds of parameters and metrics. */
export type Cell = string | number | boolean | null;

export interface RunsView {
  /** Absolute path of the store. */
  readonly store: string;
  /** What `runs/state` answered when the view was made: the view is out of date once it answers otherwise. */
  readonly state: string;
  /** Number of rows. Row 0 is the latest run. */
  readonly rows: number;
  /** Number of earlier records that the server is still reading. */
  readonly unread: number;
  /** The columns that every table needs, with their values. */
  readonly fields: Readonly<Record<FieldName, ColumnView>>;
  /** Columns that can be asked for: `columnName`. */
  readonly others: readonly OtherColumn[];
  /** The `others` that say most about the latest runs, with their values: their measure, and what varies among them. */
  readonly suggested: readonly SuggestedColumn[];
  /** Ids of records that cannot be read. */
  readonly unreadable: readonly string[];
  /** Runs that have begun and have no record. */
  readonly begun: readonly BegunView[];
}

export const FIELDS = [
  'id',
  'spec',
  'started',
  'outcome',
  'seconds',
  'stages',
  'warnings',
  'result',
  'tags',
  'note',
  'sweep',
  'configuration',
] as const;
export type FieldName = (typeof FIELDS)[number];

export interface SuggestedColumn {
  readonly name: string;
  readonly column: ColumnView;
}

export interface OtherColumn {
  readonly name: string;
  readonly kind: 'parameter' | 'metric' | 'environment';
  /** Whether two runs differ in it. */
  readonly varies: boolean;
  readonly isNumeric: boolean;
}

/** The values of a column, one a row; null where a run has none. */
export type ColumnView =
  | { readonly all: Cell }
  | { readonly values: readonly Cell[] }
  /** `distinct[at[row]]` */
  | { readonly distinct: readonly Cell[]; readonly at: readonly number[] };

export interface BegunView {
  readonly run: string;
  readonly spec: string;
  readonly started: string;
  /** `lost`: its process ended without a record. */
  readonly state: 'running' | 'lost';
  readonly stages: number;
  /** Of a sweep; null for a run of one spec. */
  readonly configurations: number | null;
}

/** A value of a column. */
export function cellAt(column: ColumnView, row: number): Cell {
  if ('all' in column) return column.all;
  if ('values' in column) return column.values[row] ?? null;
  return column.distinct[column.at[row] ?? -1] ?? null;
}
