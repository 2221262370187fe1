/** The columns of the table of runs that every store has. */
import type { Value } from '../../../../history/columns/column.ts';
import { fieldKey, sweepKey } from '../../../../history/columns/entry-columns.ts';
import type { HistoryTable } from '../../../../history/columns/history-table.ts';
import { stagesText } from '../../../../history/entry.ts';
import { NO_NOTES, type Notes } from '../../../../history/notes.ts';
import { FIELDS, type ColumnView, type FieldName } from '../../../views/runs-view.ts';
import { columnView } from './column-view.ts';

export function fieldViews(
  table: HistoryTable,
  notes: ReadonlyMap<string, Notes>,
): Record<FieldName, ColumnView> {
  return Object.fromEntries(
    FIELDS.map((field) => [field, columnView(valuesOf(table, notes, field))]),
  ) as Record<FieldName, ColumnView>;
}

function valuesOf(
  table: HistoryTable,
  notes: ReadonlyMap<string, Notes>,
  field: FieldName,
): readonly Value[] {
  switch (field) {
    case 'id':
      return table.ids;
    case 'stages':
      return stagesTexts(table);
    case 'tags':
      return table.ids.map((id) => (notes.get(id) ?? NO_NOTES).tags.join(' '));
    case 'note':
      return table.ids.map((id) => (notes.get(id) ?? NO_NOTES).note);
    case 'sweep':
      return table.values(sweepKey('id'));
    case 'configuration':
      return table.values(sweepKey('configuration'));
    case 'seconds':
      return table.values(fieldKey('seconds')).map((value) => Number(Number(value).toPrecision(4)));
    case 'spec':
    case 'started':
    case 'outcome':
    case 'warnings':
    case 'result':
      return table.values(fieldKey(field));
  }
}

const COUNTS = ['executed', 'cached', 'failed', 'skipped'] as const;

function stagesTexts(table: HistoryTable): string[] {
  const counts = COUNTS.map((field) => table.values(fieldKey(field)));
  return table.ids.map((_, row) => {
    const [executed, cached, failed, skipped] = counts.map((values) => Number(values[row])) as [
      number,
      number,
      number,
      number,
    ];
    return stagesText({ executed, cached, failed, skipped });
  });
}
