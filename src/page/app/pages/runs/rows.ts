/** From all runs to the rows of the table: filtered, a sweep as one row, sorted. */
import { cellAt, type Cell, type ColumnView } from '../../../views/runs-view.ts';
import { meets, type Filter } from './filter.ts';

export interface Row {
  /** Of the latest run of the row. */
  readonly run: number;
  /** All runs of the row, the latest first; one but for sweeps. */
  readonly runs: readonly number[];
  /** Of a sweep that is one row. */
  readonly sweep: string | null;
}

/** The loaded columns by name; a column that is not loaded yet has no values. */
export type Columns = ReadonlyMap<string, ColumnView>;

export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

export function filteredRuns(
  count: number,
  texts: readonly string[],
  columns: Columns,
  filter: Filter,
): number[] {
  const conditions = filter.conditions.map((condition) => ({
    condition,
    column: columns.get(condition.column),
  }));
  const found: number[] = [];
  for (let run = 0; run < count; run++) {
    if (!filter.words.every((word) => texts[run]!.includes(word))) continue;
    const holds = conditions.every(
      ({ condition, column }) => column !== undefined && meets(cellAt(column, run), condition),
    );
    if (holds) found.push(run);
  }
  return found;
}

export function rowsOf(runs: readonly number[], sweeps: ColumnView | undefined): Row[] {
  if (!sweeps) return runs.map((run) => ({ run, runs: [run], sweep: null }));
  const groups = new Map<string, number[]>();
  const rows: { readonly run: number; readonly runs: number[]; readonly sweep: string | null }[] = [];
  for (const run of runs) {
    const sweep = cellAt(sweeps, run) as string | null;
    const group = sweep === null ? undefined : groups.get(sweep);
    if (group) {
      group.push(run);
      continue;
    }
    const row = { run, runs: [run], sweep };
    if (sweep !== null) groups.set(sweep, row.runs);
    rows.push(row);
  }
  return rows;
}

/** A sweep counts with its best value. Rows without a value come last. */
export function sortedRows(rows: readonly Row[], order: Order | undefined, columns: Columns): readonly Row[] {
  const column = order && columns.get(order.column);
  if (!column) return rows;
  const sign = order.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: bestOf(row, column, sign) }))
    .sort((a, b) => compareCells(a.value, b.value, sign))
    .map(({ row }) => row);
}

export function bestOf({ runs }: Row, column: ColumnView, sign: number): Cell {
  let best: Cell = null;
  for (const run of runs) {
    const value = cellAt(column, run);
    if (compareCells(value, best, sign) < 0) best = value;
  }
  return best;
}

function compareCells(a: Cell, b: Cell, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** What words are looked for in, in lower case, one text a run. */
export function searchTexts(count: number, columns: readonly ColumnView[]): string[] {
  return Array.from({ length: count }, (_, run) =>
    columns
      .map((column) => cellAt(column, run) ?? '')
      .join(' ')
      .toLowerCase(),
  );
}
