import { useEffect, useState } from 'preact/hooks';
import type { ColumnView, RunsView } from '../../../views/runs-view.ts';
import { columnName } from '../../../views/serve-names.ts';
import { useSource } from '../../source/use-view.ts';
import type { Columns } from './rows.ts';

/** The fields of the view, and those of its other columns that are wanted; these come a moment later. */
export function useColumns(view: RunsView, wanted: readonly string[]): Columns {
  const source = useSource();
  const [loaded, setLoaded] = useState<{ readonly view: RunsView; readonly columns: Columns }>();
  const fields = Object.entries<ColumnView>(view.fields);
  const known = loaded?.view === view ? loaded.columns : new Map<string, ColumnView>();
  const names = wanted.filter((name) => !Object.hasOwn(view.fields, name) && !known.has(name)).join('\n');
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
          columns: new Map([...(before?.view === view ? before.columns : []), ...found]),
        }));
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [source, view, names]);
  return new Map([...fields, ...known]);
}
