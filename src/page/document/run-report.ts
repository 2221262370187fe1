/** The report of a run as one HTML file: every view that its page can ask for, within limits that the page tells. */
import { mapTextsView, mapView } from '../data/map-view.ts';
import { queriesView } from '../data/queries-view.ts';
import { runView } from '../data/run-view.ts';
import type { ShownRun } from '../data/shown-run.ts';
import { mapName, queriesName, runName } from '../views/names.ts';
import type { RunView } from '../views/run-view.ts';
import type { EmbeddedView, ReportDocument } from './html.ts';

/** Characters of the documents' texts in all reports of the file together. */
const TEXT_BUDGET = 1_800_000;

export async function runReport(run: ShownRun): Promise<ReportDocument> {
  const view = await runView(run);
  return {
    title: `${view.spec.name} · ${view.id === 'current' ? 'present results' : view.id}`,
    start: `#/run/${encodeURIComponent(run.id)}`,
    views: await viewsOf(run, view),
  };
}

/** The view of the run itself is last: what could not be made is told in its notes. */
async function viewsOf(run: ShownRun, view: RunView): Promise<EmbeddedView[]> {
  const views: EmbeddedView[] = [];
  const withQueries = view.reports.filter(({ hasQueries }) => hasQueries);
  const shown = new Set<string>();
  for (const { stage } of withQueries) {
    // The last report, which the page opens with, has half of the texts.
    const isLast = stage === withQueries.at(-1)!.stage;
    const share = withQueries.length === 1 ? 1 : isLast ? 0.5 : 0.5 / (withQueries.length - 1);
    const queries = await queriesView(run, stage, { budget: share * TEXT_BUDGET });
    if (!queries) continue;
    shown.add(stage);
    views.push({ name: queriesName(run.id, stage), view: queries });
  }
  const maps: string[] = [];
  const texts = new Map<string, string>();
  for (const stage of view.maps) {
    const map = await mapView(run, stage);
    if (!map) continue;
    maps.push(stage);
    views.push({ name: mapName(run.id, stage), view: map });
    texts.set(map.texts, map.texts);
  }
  for (const name of texts.keys()) {
    const corpus = decodeURIComponent(name.split('/').at(-1)!);
    views.push({ name, view: await mapTextsView(run, corpus) });
  }
  const reports = view.reports.map((report) => ({
    ...report,
    hasQueries: shown.has(report.stage),
  }));
  return [...views, { name: runName(run.id), view: { ...view, reports, maps } }];
}
