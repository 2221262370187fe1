/** Everything about one run, on one page that can be read from top to bottom or printed. */
import type { JSX } from 'preact';
import { runName } from '../../../views/names.ts';
import type { RunView } from '../../../views/run-view.ts';
import { PageSections, type PageSection } from '../../parts/page-sections.tsx';
import { WithView } from '../../parts/loaded.tsx';
import type { Route } from '../../routes.ts';
import { CurvesSection } from './curves-section.tsx';
import { GraphSection } from './graph-section.tsx';
import { MapSection } from './map-section.tsx';
import { MetricsSection } from './metrics-section.tsx';
import { NegativesSection } from './negatives-section.tsx';
import { OriginSection } from './origin-section.tsx';
import { QueriesSection } from './queries-section.tsx';
import { RunHead } from './run-head.tsx';
import { SpecSection } from './spec-section.tsx';
import { TypesSection } from './types-section.tsx';
import { WarningsSection } from './warnings-section.tsx';

export function RunPage({ route }: { readonly route: Route }): JSX.Element {
  return (
    <main class="page">
      <WithView name={runName(route.path[1] ?? '')} what="this run">
        {(run) => <Run run={run} />}
      </WithView>
    </main>
  );
}

function Run({ run }: { readonly run: RunView }): JSX.Element {
  const sections = sectionsOf(run);
  return (
    <>
      <RunHead run={run} />
      <PageSections sections={sections} />
    </>
  );
}

/** A section without content is left out, with its link. */
function sectionsOf(run: RunView): PageSection[] {
  const { reports, curves, minings, maps, stages } = run;
  const hasWarnings = stages.some(({ warnings }) => warnings.length > 0);
  const hasFailed = stages.some(({ error }) => error !== null);
  const doubts = { id: 'warnings', content: <WarningsSection run={run} /> };
  const all: (PageSection | false)[] = [
    hasFailed && { ...doubts, title: 'Failure' },
    { id: 'metrics', title: 'Metrics', content: <MetricsSection run={run} /> },
    hasWarnings && !hasFailed && { ...doubts, title: 'Warnings' },
    reports.some(({ types }) => types.length > 0) && {
      id: 'types',
      title: 'Query types',
      content: <TypesSection run={run} />,
    },
    reports.some(({ hasQueries }) => hasQueries) && {
      id: 'queries',
      title: 'Won and lost',
      content: <QueriesSection run={run} />,
    },
    curves.length > 0 && { id: 'curves', title: 'Learning curves', content: <CurvesSection run={run} /> },
    minings.length > 0 && { id: 'negatives', title: 'Negatives', content: <NegativesSection run={run} /> },
    maps.length > 0 && { id: 'map', title: 'Map', content: <MapSection run={run} /> },
    { id: 'stages', title: 'Stages', content: <GraphSection run={run} /> },
    { id: 'spec', title: 'Spec', content: <SpecSection run={run} /> },
    { id: 'origin', title: 'Origin', content: <OriginSection run={run} /> },
  ];
  return all.filter((section) => section !== false);
}
