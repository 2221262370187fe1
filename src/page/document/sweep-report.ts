/** The report of a sweep as one HTML file: its ranking and effects, and the whole page of the best configuration's run. */
import { readNotes } from '../../history/notes.ts';
import { readRunRecord } from '../../history/record.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';
import { recordedSweep, type RecordedSweepOptions } from '../data/recorded-sweep.ts';
import { shownRecord } from '../data/shown-run.ts';
import { sweepView } from '../data/sweep-view.ts';
import { sweepName } from '../views/names.ts';
import type { EmbeddedView, ReportDocument } from './html.ts';
import { runReport } from './run-report.ts';

export async function sweepReport(
  layout: StoreLayout,
  store: Store,
  id: string,
  options: RecordedSweepOptions,
): Promise<ReportDocument> {
  const view = await sweepView(await recordedSweep(layout, store, id, options), store);
  const best =
    view.configurations[0]?.metric == null ? null : (view.configurations[0].repeats[0]?.run ?? null);
  return {
    title: `Sweep of ${view.spec.name} · ${id}`,
    start: `#/sweep/${encodeURIComponent(id)}`,
    views: [
      ...(await runViews(layout, store, best)),
      { name: sweepName(id), view: { ...view, detailed: best } },
    ],
  };
}

async function runViews(
  layout: StoreLayout,
  store: Store,
  id: string | null,
): Promise<readonly EmbeddedView[]> {
  const record = id === null ? undefined : readRunRecord(layout, id);
  if (!record) return [];
  return (await runReport(await shownRecord(record, readNotes(layout, record.id), store))).views;
}
