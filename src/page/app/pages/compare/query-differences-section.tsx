/** Which queries one run answers better than another. */
import type { JSX } from 'preact';
import { alignedText, signedText } from '../../../../base/number-text.ts';
import type { ComparedRun, QueryDifference, QueryDifferencesView } from '../../../views/compare-view.ts';
import { countText, measureText } from '../../format.ts';
import { FindBox } from '../../parts/find-box.tsx';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { formatRoute } from '../../routes.ts';
import { useRouteValue } from '../../use-route.ts';
import { letterOf } from './letters.ts';

export interface QueryDifferencesProps {
  readonly views: readonly QueryDifferencesView[];
  readonly runs: readonly ComparedRun[];
}

export function QueryDifferencesSection({ views, runs }: QueryDifferencesProps): JSX.Element {
  const nameOf = ({ stage, run }: QueryDifferencesView): string =>
    `${stage}, ${letterOf(runs.findIndex(({ id }) => id === run))} against A`;
  const standard = nameOf(views[0]!);
  const chosen = useRouteValue('report', standard);
  const find = useRouteValue('find', '');
  const view = views.find((one) => nameOf(one) === chosen.value) ?? views[0]!;
  const letter = letterOf(runs.findIndex(({ id }) => id === view.run));
  const words = find.value.toLowerCase().split(/\s+/);
  const rows = view.rows.filter(({ name, text }) =>
    words.every((word) => `${name} ${text ?? ''}`.toLowerCase().includes(word)),
  );
  const isCut = view.won > view.cap || view.lost > view.cap;
  return (
    <Section
      id="queries"
      title="Queries"
      lead={`By ${measureText(view.measure.split('/').at(-1)!)}, ${letter} is better than A in ${countText(view.won, 'query', 'queries')} of ${view.total.toLocaleString('en-US')} and worse in ${view.lost.toLocaleString('en-US')}.${isCut ? ` The ${view.cap} most won and the ${view.cap} most lost are listed.` : ''}`}
    >
      <div class="controls">
        {views.length > 1 && (
          <label>
            report
            <select
              value={nameOf(view)}
              onChange={(event) => {
                chosen.set(event.currentTarget.value);
              }}
            >
              {views.map((one) => (
                <option key={nameOf(one)}>{nameOf(one)}</option>
              ))}
            </select>
          </label>
        )}
        <FindBox words={find} />
      </div>
      <Table
        id="query-differences"
        caption="Queries that differ"
        columns={columnsFor(letter, view.run)}
        rows={rows}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

const gainOf = ({ before, after }: QueryDifference): number => after - before;

function columnsFor(letter: string, run: string): Column<QueryDifference>[] {
  return [
    {
      id: 'query',
      head: 'query',
      names: true,
      cell: ({ name, text }) =>
        text === null ? (
          <code>{name}</code>
        ) : (
          <a href={formatRoute({ path: ['search'], query: { q: text, run } })}>
            <bdi>{text}</bdi>
          </a>
        ),
    },
    {
      id: 'before',
      head: 'A',
      align: 'right',
      cell: ({ before }) => alignedText(before),
      sort: ({ before }) => before,
    },
    {
      id: 'after',
      head: letter,
      align: 'right',
      cell: ({ after }) => alignedText(after),
      sort: ({ after }) => after,
    },
    {
      id: 'gain',
      head: 'difference',
      align: 'right',
      cell: (row) => (
        <span class={gainOf(row) > 0 ? 'better' : 'worse'}>{signedText(gainOf(row), alignedText)}</span>
      ),
      sort: gainOf,
    },
  ];
}
