/** The parameters, metrics and facts of the environment that the runs of a store have. */
import type { HistoryTable } from '../../../../history/columns/history-table.ts';
import { columnKey } from '../../../../history/columns/segment.ts';
import type { OtherColumn } from '../../../views/runs-view.ts';

const ENVIRONMENT: ReadonlySet<string> = new Set(['engine', 'version', 'node', 'platform', 'cpu', 'threads']);

/** A name stands for one column: of a parameter and a metric of the same name, the parameter. */
export function otherColumns({ columns }: HistoryTable): OtherColumn[] {
  const found = new Map<string, OtherColumn>();
  for (const kind of ['parameter', 'metric', 'field'] as const)
    for (const column of columns) {
      const { name, all, isNumeric } = column;
      if (column.kind !== kind || found.has(name) || (kind === 'field' && !ENVIRONMENT.has(name))) continue;
      found.set(name, {
        name,
        kind: kind === 'field' ? 'environment' : kind,
        varies: all === undefined,
        isNumeric,
      });
    }
  return [...found.values()];
}

/** The name of the column in the history's index. */
export const keyOf = ({ kind, name }: OtherColumn): string =>
  columnKey({ kind: kind === 'environment' ? 'field' : kind, name });
