/** A sweep on one page: which configuration is best and whether that is certain, and what each parameter does. */
import type { JSX } from 'preact';
import { sweepName } from '../../../views/names.ts';
import type { SweepView } from '../../../views/sweep-view.ts';
import { durationText } from '../../../../base/quantity-text.ts';
import { countText, timeText } from '../../format.ts';
import { PageSections, type PageSection } from '../../parts/page-sections.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { formatRoute, type Route } from '../../routes.ts';
import { EffectsSection } from './effects-section.tsx';
import { ParallelSection } from './parallel-section.tsx';
import { RankingSection } from './ranking-section.tsx';

export function SweepPage({ route }: { readonly route: Route }): JSX.Element {
  return (
    <main class="page">
      <WithView name={sweepName(route.path[1] ?? '')} what="this sweep">
        {(sweep) => <Sweep sweep={sweep} />}
      </WithView>
    </main>
  );
}

function Sweep({ sweep }: { readonly sweep: SweepView }): JSX.Element {
  const { spec, id, started, seconds, configurations, repeats, notes, effects, parameters } = sweep;
  const measured = configurations.filter(({ metric }) => metric !== null).length;
  const sections: PageSection[] = [
    { id: 'ranking', title: 'Ranking', content: <RankingSection sweep={sweep} /> },
    ...(effects.length > 0
      ? [{ id: 'effects', title: 'Effects', content: <EffectsSection sweep={sweep} /> }]
      : []),
    ...(parameters.length > 0 && measured > 1
      ? [{ id: 'parallel', title: 'All together', content: <ParallelSection sweep={sweep} /> }]
      : []),
  ];
  return (
    <>
      <header class="page-head">
        <h1>Sweep of {spec.name}</h1>
        <div class="facts">
          {id === 'current' ? <span>present results of the spec</span> : <code>{id}</code>}
          {started !== null && <time dateTime={started}>{timeText(started)}</time>}
          {seconds > 0 && <span>{durationText(seconds)} of stages</span>}
          <span>
            {countText(configurations.length, 'configuration')}
            {repeats > 1 && ` × ${repeats} repeats`}
          </span>
          {sweep.detailed !== null && (
            <a href={formatRoute({ path: ['run', sweep.detailed], query: {} })}>the best in detail</a>
          )}
        </div>
        {notes.map((note) => (
          <p key={note} class="soft">
            {note}
          </p>
        ))}
      </header>
      <PageSections sections={sections} />
    </>
  );
}
