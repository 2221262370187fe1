/** The report of a sweep as one HTML file: its ranking and effects, and the whole page of the best configuration. */
import type { Store } from '../../store/store.ts';
import type { ShownRun } from '../data/shown-run.ts';
import type { SweepSource } from '../data/sweep-source.ts';
import { sweepView } from '../data/sweep-view.ts';
import { sweepName } from '../views/names.ts';
import type { ConfigurationView } from '../views/sweep-view.ts';
import type { ReportDocument } from './html.ts';
import { runReport } from './run-report.ts';

/** `detailsOf`: the run that stands for a configuration. */
export async function sweepReport(
  source: SweepSource,
  store: Store,
  detailsOf: (best: ConfigurationView) => Promise<ShownRun | undefined>,
): Promise<ReportDocument> {
  const view = await sweepView(source, store);
  const best = view.configurations.find(({ metric }) => metric !== null);
  const run = best && (await detailsOf(best));
  const details = run ? (await runReport(run)).views : [];
  return {
    title: `Sweep of ${view.spec.name}${view.id === 'current' ? '' : ` · ${view.id}`}`,
    start: `#/sweep/${encodeURIComponent(view.id)}`,
    views: [...details, { name: sweepName(view.id), view: { ...view, detailed: run?.id ?? null } }],
  };
}
