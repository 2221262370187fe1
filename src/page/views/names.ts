/**
 * Names of the views that the page asks its data source for. The report has them embedded under these names, `pipeline
 * serve` answers them at `/api/view/NAME`. The type of a name is what the view is.
 */
import type { MapTextsView, MapView } from './map-view.ts';
import type { QueriesView } from './queries-view.ts';
import type { RunView } from './run-view.ts';
import type { SweepView } from './sweep-view.ts';

/** A name such as `run/20261126T062233Z-30d3183/map/embeddings`; its parts are percent-encoded. */
export type ViewName<T> = string & { readonly view?: T };

/** The name of a view that other code defines. */
export function viewName<T>(...parts: readonly string[]): ViewName<T> {
  return parts.map(encodeURIComponent).join('/');
}

export const runName = (id: string): ViewName<RunView> => viewName('run', id);
/** Queries of a report, with the ranked lists of those won and lost most. */
export const queriesName = (run: string, stage: string): ViewName<QueriesView> =>
  viewName('run', run, 'queries', stage);
/** The embeddings of an `embed` stage in two dimensions. */
export const mapName = (run: string, stage: string): ViewName<MapView> => viewName('run', run, 'map', stage);
/** Texts of the points of all maps over one corpus, which is named by its stage. */
export const mapTextsName = (run: string, corpus: string): ViewName<MapTextsView> =>
  viewName('run', run, 'map-texts', corpus);
export const sweepName = (id: string): ViewName<SweepView> => viewName('sweep', id);
