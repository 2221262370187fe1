/** The views of a recorded run, or of a sweep, that reports have too. */
import { findRun, readRun } from '../../../history/find.ts';
import { readNotes } from '../../../history/notes.ts';
import { readRunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Store } from '../../../store/store.ts';
import { mapTextsView, mapView } from '../../data/map-view.ts';
import { queriesView } from '../../data/queries-view.ts';
import { recordedSweep, sweepsNamed } from '../../data/recorded-sweep.ts';
import { runView } from '../../data/run-view.ts';
import { shownRecord, type ShownRun } from '../../data/shown-run.ts';
import { sweepView } from '../../data/sweep-view.ts';

/** Undefined for a name that is none of these. Rejects with `E_USAGE` for a run that is not there. */
export async function runViews(
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

/** Undefined if no run of such a sweep is recorded. */
export async function recordedSweepView(layout: StoreLayout, store: Store, name: string): Promise<unknown> {
  const [id, ...others] = sweepsNamed(layout, name);
  if (id === undefined || others.length > 0) return undefined;
  const view = await sweepView(recordedSweep(layout, id), store);
  return { ...view, detailed: view.configurations[0]?.repeats[0]?.run ?? null };
}
