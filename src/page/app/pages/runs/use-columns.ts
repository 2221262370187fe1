import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ColumnView, RunsView } from '../../../views/runs-view.ts';
import { columnName } from '../../../views/serve-names.ts';
import { useSource } from '../../source/use-view.ts';
import type { Columns } from './rows.ts';

/** The fields and suggested columns of the view, and others that are wanted; these come a moment later. */
export function useColumns(view: RunsView, wanted: readonly string[]): Columns {
  const source = useSource();
  const [loaded, setLoaded] = useState<{ readonly view: RunsView; readonly columns: Columns }>();
  const here = useMemo(() => columnsOf(view), [view]);
  const known = loaded?.view === view ? loaded.columns : here;
  const names = wanted.filter((name) => !known.has(name)).join('\n');
  useEffect(() => {
    if (names === '') return;
    let current = true;
    void Promise.all(
      names.split('\n').map(async (name) => [name, await source.read(columnName(name))] as const),
    ).then(
      (read) => {
        if (!current) return;
        const found = read.filter((one): one is readonly [string, ColumnView] => one[1] !== undefined);
        setLoaded((before) => ({
          view,
          columns: new Map([...(before?.view === view ? before.columns : here), ...found]),
        }));
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [source, view, here, names]);
  return known;
}

function columnsOf({ fields, suggested }: RunsView): Columns {
  return new Map([
    ...Object.entries<ColumnView>(fields),
    ...suggested.map(({ name, column }) => [name, column] as const),
  ]);
}
