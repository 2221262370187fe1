/** Names of the views that only a server has. */
import type { ArtifactView, HeadView } from './artifact-view.ts';
import type { CompareView } from './compare-view.ts';
import type { LiveView } from './live-view.ts';
import { viewName, type ViewName } from './names.ts';
import type { ColumnView, RunsView } from './runs-view.ts';

export const runsName: ViewName<RunsView> = viewName('runs');
/** Another text whenever the table of runs may have changed. */
export const runsStateName: ViewName<string> = viewName('runs', 'state');
export const columnName = (name: string): ViewName<ColumnView> => viewName('runs', 'column', name);
export const compareName = (runs: readonly string[]): ViewName<CompareView> => viewName('compare', ...runs);
export const liveName = (run: string): ViewName<LiveView> => viewName('live', run);
export const artifactName = (kind: string, key: string): ViewName<ArtifactView> =>
  viewName('artifact', kind, key);
export const headName = (kind: string, key: string, file: string): ViewName<HeadView> =>
  viewName('artifact', kind, key, 'file', file);
