/** The views of a recorded run that reports have too: the run, its queries, the map of its embeddings. */
import { findRun, readRun } from '../../../history/find.ts';
import { readNotes } from '../../../history/notes.ts';
import { readRunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Store } from '../../../store/store.ts';
import { mapTextsView, mapView } from '../../data/map-view.ts';
import { queriesView } from '../../data/queries-view.ts';
import { runView } from '../../data/run-view.ts';
import { shownRecord, type ShownRun } from '../../data/shown-run.ts';

/** Undefined for a name that is none of these. Rejects with `E_USAGE` for a run that is not there. */
export async function reportView(
  layout: StoreLayout,
  store: Store,
  [id = '', what, stage = '', ...rest]: readonly string[],
): Promise<unknown> {
  if (rest.length > 0) return undefined;
  const run = await shownRun(layout, store, id);
  switch (what) {
    case undefined:
      return runView(run);
    case 'queries':
      return queriesView(run, stage);
    case 'map':
      return mapView(run, stage);
    case 'map-texts':
      return mapTextsView(run, stage);
    default:
      return undefined;
  }
}

function shownRun(layout: StoreLayout, store: Store, name: string): Promise<ShownRun> {
  const id = findRun(layout, name);
  return shownRecord(readRunRecord(layout, id) ?? readRun(layout, id), readNotes(layout, id), store);
}
