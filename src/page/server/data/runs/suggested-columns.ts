/**
 * The columns that the table of runs shows at first: the measure of the latest runs, and the parameters in which they
 * differ and that are short enough to be read in a table.
 */
import type { Value } from '../../../../history/columns/column.ts';
import { sweepKey } from '../../../../history/columns/entry-columns.ts';
import type { HistoryTable } from '../../../../history/columns/history-table.ts';
import type { OtherColumn } from '../../../views/runs-view.ts';
import { keyOf } from './other-columns.ts';

const MOST_PARAMETERS = 3;
/** Runs that are looked at. */
const LATEST = 200;
/** A parameter that a smaller share of them has says nothing about most rows. */
const LEAST_SHARE = 0.25;
/** Characters of the longest value that fits a column. */
const LONGEST = 24;

export function suggestedColumns(table: HistoryTable, others: readonly OtherColumn[]): OtherColumn[] {
  const measure = measureOf(table, others);
  return [...(measure ? [measure] : []), ...differing(table, others)];
}

/** What the latest sweep was ranked by; else the measure that most of the latest runs have. */
function measureOf(table: HistoryTable, others: readonly OtherColumn[]): OtherColumn | undefined {
  const metrics = others.filter(({ kind, name }) => kind === 'metric' && /^[^/]*@/.test(name));
  const ranked = table.values(sweepKey('metric'), LATEST).find((name) => typeof name === 'string');
  const named = others.find(({ kind, name }) => kind === 'metric' && name === ranked);
  if (named) return named;
  const candidates = [metrics.filter(({ name }) => /\bmrr@10$/.test(name)), metrics].find(
    (some) => some.length > 0,
  );
  let best: { readonly column: OtherColumn; readonly count: number } | undefined;
  for (const column of candidates ?? []) {
    const count = latest(table, column).filter((value) => value !== undefined).length;
    if (!best || count > best.count) best = { column, count };
  }
  return best?.column;
}

function differing(table: HistoryTable, others: readonly OtherColumn[]): OtherColumn[] {
  const found = others
    .filter(({ kind, varies }) => kind === 'parameter' && varies)
    .map((column) => {
      const values = latest(table, column);
      const present = values.filter((value) => value !== undefined && value !== null);
      return { column, values, present, distinct: new Set(present).size };
    })
    .filter(
      ({ values, present, distinct }) =>
        distinct > 1 && present.length >= LEAST_SHARE * values.length && present.every(fits),
    )
    .sort((a, b) => b.distinct - a.distinct);
  // `params.seed` and the parameters that take their value from it vary together: the first stands for all.
  const shown = new Map<string, OtherColumn>();
  for (const { column, values } of found) {
    const pattern = JSON.stringify(values.map((value) => value ?? null));
    const before = shown.get(pattern);
    if (!before || (!isOfSpec(before) && isOfSpec(column))) shown.set(pattern, column);
  }
  return [...shown.values()].slice(0, MOST_PARAMETERS);
}

const latest = (table: HistoryTable, column: OtherColumn): readonly Value[] =>
  table.values(keyOf(column), LATEST);

const isOfSpec = ({ name }: OtherColumn): boolean => name.startsWith('params.');

/** Paths of a machine, alone or in a list, tell a reader nothing and are long. */
function fits(value: Value): boolean {
  const text = String(value);
  return text.length <= LONGEST && !/(?:^|["\s,[])(?:\/|~\/|[A-Za-z]:[\\/])/.test(text);
}
