/** Single queries, won and lost most against the baseline, with both ranked lists beside each other. */
import type { JSX } from 'preact';
import { queriesName } from '../../../views/names.ts';
import type { QueriesView, ShownQuery } from '../../../views/queries-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { countText, systemText } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { RankedLists } from '../../parts/ranked-lists.tsx';
import { FindBox } from '../../parts/find-box.tsx';
import { Section } from '../../parts/section.tsx';
import { useRouteValue } from '../../use-route.ts';

export function QueriesSection({ run }: { readonly run: RunView }): JSX.Element {
  const reports = run.reports.filter(({ hasQueries }) => hasQueries);
  const chosen = useRouteValue('report', reports.at(-1)!.stage);
  const report = reports.find(({ stage }) => stage === chosen.value) ?? reports.at(-1)!;
  return (
    <Section id="queries" title="Won and lost">
      {reports.length > 1 && (
        <div class="controls">
          <label>
            report
            <select
              value={report.stage}
              onChange={(event) => {
                chosen.set(event.currentTarget.value);
              }}
            >
              {reports.map(({ stage, split }) => (
                <option key={stage} value={stage}>
                  {stage} ({split})
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      <WithView name={queriesName(run.id, report.stage)} what="the queries of this report">
        {(view) => <Queries view={view} />}
      </WithView>
    </Section>
  );
}

/** Queries drawn before the reader asks for more: lists of documents are long. */
const AT_ONCE = 20;

function Queries({ view }: { readonly view: QueriesView }): JSX.Element {
  const [model, rival] = view.systems.map(systemText) as [string, string];
  const words = useRouteValue('find', '');
  const more = useRouteValue('more', '');
  const opened = useRouteValue('query', '');
  const counts = {
    won: view.shown.filter(({ gain }) => gain > 0).length,
    lost: view.shown.filter(({ gain }) => gain < 0).length,
  };
  const side = useRouteValue('side', counts.won === 0 && counts.lost > 0 ? 'lost' : 'won');
  const chosen = view.shown.filter((query) => (side.value === 'lost' ? query.gain < 0 : query.gain > 0));
  const found = chosen.filter((query) => matches(query, words.value));
  const shown = more.value === '' ? found.slice(0, AT_ONCE) : found;
  return (
    <>
      <p class="lead">
        Of {countText(view.total, 'query', 'queries')} of {view.split}, {model} has a relevant document higher
        than {rival} in {numberText(view.won)} and lower in {numberText(view.lost)}. Here are{' '}
        {counts.won < view.won || counts.lost < view.lost
          ? `the ${counts.won} won most and the ${counts.lost} lost most (at most ${view.cap} queries are kept)`
          : 'all of them'}
        , with the first {view.depth} documents of each list. Relevant documents are marked ✓.
      </p>
      <div class="controls" role="group" aria-label="Queries to show">
        {(['won', 'lost'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="side"
              checked={(side.value === 'lost') === (one === 'lost')}
              onChange={() => {
                side.set(one);
              }}
            />
            {one} most ({counts[one]})
          </label>
        ))}
        <FindBox words={words} />
      </div>
      {shown.length === 0 && (
        <Empty>
          {chosen.length > 0
            ? `None of these ${chosen.length} queries has the words.`
            : `No query was ${side.value === 'lost' ? 'lost' : 'won'}.`}
        </Empty>
      )}
      <ol class="queries">
        {shown.map((query) => (
          <Query key={query.name} query={query} view={view} opened={opened.value} open={opened.set} />
        ))}
      </ol>
      {shown.length < found.length && (
        <p class="controls">
          <button
            type="button"
            onClick={() => {
              more.set('all');
            }}
          >
            Show all {found.length}
          </button>
        </p>
      )}
    </>
  );
}

function matches({ text, name, type }: ShownQuery, words: string): boolean {
  const inside = `${text} ${name} ${type ?? ''}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}

function Query(props: {
  readonly query: ShownQuery;
  readonly view: QueriesView;
  /** The name of the query that is open. */
  readonly opened: string;
  readonly open: (name: string) => void;
}): JSX.Element {
  const { query, view, opened, open } = props;
  const isOpen = opened === query.name;
  return (
    <li class="query">
      <details
        open={isOpen}
        onToggle={(event) => {
          const now = event.currentTarget.open;
          if (now !== isOpen) open(now ? query.name : '');
        }}
      >
        <summary>
          <bdi class="question">{query.text === '' ? '(empty text)' : query.text}</bdi>
          <span class="ranks">
            {view.systems.map((system, index) => (
              <span key={system}>
                {systemText(system)} {rankText(query.ranks[index] ?? null)}
              </span>
            ))}
            {query.type !== null && <span>{query.type}</span>}
          </span>
        </summary>
        {isOpen && (
          <RankedLists
            lists={view.systems.map((system, index) => ({
              name: systemText(system),
              tone: index === 0 ? 'model' : system === 'bm25' ? 'bm25' : 'other',
              documents: query.lists[index]!.map((position) => ({
                ...view.documents[position]!,
                isRelevant: query.relevant.includes(position),
              })),
            }))}
            missing={query.relevant
              .filter((position) => !query.lists.some((list) => list.includes(position)))
              .map((position) => ({ ...view.documents[position]!, isRelevant: true }))}
          />
        )}
      </details>
    </li>
  );
}

function rankText(rank: number | null): string {
  return rank === null ? 'not found' : `rank ${numberText(rank)}`;
}
