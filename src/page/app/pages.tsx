/** Which page a route shows: the first part of its path names it. A new page is one entry here. */
import type { ComponentType } from 'preact';
import type { Route } from './routes.ts';
import { ArtifactPage } from './pages/artifact/artifact-page.tsx';
import { ComparePage } from './pages/compare/compare-page.tsx';
import { LivePage } from './pages/live/live-page.tsx';
import { SearchPage } from './pages/search/search-page.tsx';
import { RunsPage } from './pages/runs/runs-page.tsx';
import { RunPage } from './pages/run/run-page.tsx';
import { SweepPage } from './pages/sweep/sweep-page.tsx';

export type Page = ComponentType<{ readonly route: Route }>;

const PAGES: Readonly<Record<string, Page>> = {
  runs: RunsPage,
  compare: ComparePage,
  search: SearchPage,
  artifact: ArtifactPage,
  live: LivePage,
  run: RunPage,
  sweep: SweepPage,
};

export function pageOf({ path }: Route): Page | undefined {
  const [first = ''] = path;
  return Object.hasOwn(PAGES, first) ? PAGES[first] : undefined;
}
