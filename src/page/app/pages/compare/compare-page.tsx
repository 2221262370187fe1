/** Two or more runs side by side: what differs in them, what came of it, and whether that is more than chance. */
import type { JSX } from 'preact';
import type { ComparedRun, CompareView } from '../../../views/compare-view.ts';
import { compareName } from '../../../views/serve-names.ts';
import { countText, timeText } from '../../format.ts';
import { Chip } from '../../parts/chip.tsx';
import { PageSections } from '../../parts/page-sections.tsx';
import { Empty } from '../../parts/empty.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { formatRoute, type Route } from '../../routes.ts';
import { letterOf } from './letters.ts';
import { DifferencesSection } from './differences-section.tsx';
import { QueryDifferencesSection } from './query-differences-section.tsx';
import { TestsSection } from './tests-section.tsx';

export function ComparePage({ route }: { readonly route: Route }): JSX.Element {
  const runs = route.path.slice(1);
  return (
    <main class="page compare">
      {runs.length < 2 ? (
        <>
          <h1>Comparison</h1>
          <Empty>
            Tick two or more runs in the <a href="#/runs">table of runs</a> to compare them.
          </Empty>
        </>
      ) : (
        <WithView name={compareName(runs)} what="the comparison">
          {(view) => <Comparison view={view} />}
        </WithView>
      )}
    </main>
  );
}

function Comparison({ view }: { readonly view: CompareView }): JSX.Element {
  const { runs, sections, tests, queries, equal } = view;
  const shown = [
    ...sections
      .filter(({ title }) => title === 'Parameters' || title === 'Kinds and inputs')
      .map((section) => ({
        id: section.title.toLowerCase().replaceAll(' ', '-'),
        title: section.title,
        content: <DifferencesSection section={section} />,
      })),
    ...(tests.length > 0
      ? [{ id: 'tests', title: 'Significance', content: <TestsSection tests={tests} runs={runs} /> }]
      : []),
    ...(queries.length > 0
      ? [
          {
            id: 'queries',
            title: 'Queries',
            content: <QueryDifferencesSection views={queries} runs={runs} />,
          },
        ]
      : []),
    ...sections
      .filter(({ title }) => title !== 'Parameters' && title !== 'Kinds and inputs')
      .map((section) => ({
        id: section.title.toLowerCase().replaceAll(' ', '-'),
        title: section.title,
        content: <DifferencesSection section={section} />,
      })),
  ];
  return (
    <>
      <header class="page-head">
        <h1>Comparison of {runs.length} runs</h1>
        <ul class="compared">
          {runs.map((run, index) => (
            <li key={run.id}>
              <Compared run={run} letter={letterOf(index)} />
            </li>
          ))}
        </ul>
        <p class="soft">
          {sections.length === 0
            ? 'Nothing differs.'
            : `Only what differs is shown; ${countText(equal, 'value')} ${equal === 1 ? 'is' : 'are'} equal in all runs.`}
        </p>
      </header>
      <PageSections sections={shown} />
    </>
  );
}

function Compared({ run, letter }: { readonly run: ComparedRun; readonly letter: string }): JSX.Element {
  return (
    <>
      <strong>{letter}</strong> <a href={formatRoute({ path: ['run', run.id], query: {} })}>{run.spec}</a>{' '}
      <span class="soft">
        {timeText(run.started)} <code>{run.id}</code>
      </span>{' '}
      {run.outcome !== 'done' && <Chip tone="bad">{run.outcome}</Chip>}{' '}
      {run.tags.map((tag) => (
        <Chip key={tag}>{tag}</Chip>
      ))}
    </>
  );
}
