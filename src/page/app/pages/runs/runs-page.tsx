/** All runs of the store: find them, order them, choose what to see of them, and pick some to compare. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ColumnView, RunsView } from '../../../views/runs-view.ts';
import { runsName } from '../../../views/serve-names.ts';
import { countText } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { formatRoute } from '../../routes.ts';
import { useRouteValue } from '../../use-route.ts';
import { BegunRuns } from './begun-runs.tsx';
import { ColumnsChoice } from './columns-choice.tsx';
import { parseFilter } from './filter.ts';
import { filteredRuns, rowsOf, searchTexts, sortedRows, type Order } from './rows.ts';
import { RunsTable } from './runs-table.tsx';
import { useColumns } from './use-columns.ts';

export function RunsPage(): JSX.Element {
  return (
    <main class="page wide">
      <WithView name={runsName} what="the runs">
        {(view) => <Runs view={view} />}
      </WithView>
    </main>
  );
}

const FIELD_COLUMNS = ['started', 'spec', 'outcome', 'result', 'seconds', 'stages', 'tags'] as const;

function Runs({ view }: { readonly view: RunsView }): JSX.Element {
  const filterText = useRouteValue('q', '');
  const sort = useRouteValue('by', '');
  const chosen = useRouteValue('columns', '');
  const grouping = useRouteValue('sweeps', 'grouped');
  const picked = useRouteValue('pick', '');

  const standard = useMemo(() => standardColumns(view), [view]);
  const shown = chosen.value === '' ? standard : chosen.value.split(',');
  const names = useMemo(() => [...Object.keys(view.fields), ...view.others.map(({ name }) => name)], [view]);
  const filter = useMemo(() => parseFilter(filterText.value, names), [filterText.value, names]);
  const order: Order | undefined =
    sort.value === ''
      ? undefined
      : { column: sort.value.replace(/^-/, ''), descending: sort.value.startsWith('-') };
  const columns = useColumns(view, [
    ...shown,
    ...filter.conditions.map(({ column }) => column),
    ...(order ? [order.column] : []),
  ]);
  const hasWords = filter.words.length > 0;
  const texts = useMemo(
    () => (hasWords ? searchTexts(view.rows, Object.values<ColumnView>(view.fields)) : []),
    [view, hasWords],
  );
  // One sweep alone, or runs that meet a condition, are wanted one by one.
  const isGrouped =
    grouping.value === 'grouped' && !filter.conditions.some(({ column }) => column === 'sweep');
  const found = filteredRuns(view.rows, texts, columns, filter);
  const rows = sortedRows(rowsOf(found, isGrouped ? columns.get('sweep') : undefined), order, columns);
  const picks = picked.value === '' ? [] : picked.value.split(',');

  return (
    <>
      <header class="page-head">
        <h1>Runs</h1>
        <div class="facts">
          <span>{countText(view.rows, 'recorded run')}</span>
          <code>{view.store}</code>
        </div>
        {view.unread > 0 && (
          <p class="soft" role="status">
            Reading {countText(view.unread, 'earlier record')} for the first time …
          </p>
        )}
      </header>
      <BegunRuns runs={view.begun} />
      {view.unreadable.length > 0 && (
        <p class="doubtful" role="status">
          {countText(view.unreadable.length, 'record')} cannot be read and{' '}
          {view.unreadable.length === 1 ? 'is' : 'are'} left out: {view.unreadable.slice(0, 3).join(', ')}
          {view.unreadable.length > 3 && ` and ${view.unreadable.length - 3} more`}.{' '}
          <code>pipeline verify</code> says more.
        </p>
      )}
      {view.rows === 0 && view.unread === 0 ? (
        <Empty>
          No run has been recorded in this store yet. <code>pipeline run SPEC</code> makes one, and this page
          shows it as soon as it begins.
        </Empty>
      ) : (
        <>
          <div class="controls">
            <label class="filter">
              find
              <input
                type="search"
                value={filterText.value}
                placeholder={placeholderFor(view)}
                aria-describedby="found"
                onInput={(event) => {
                  filterText.set(event.currentTarget.value);
                }}
              />
            </label>
            <label>
              <input
                type="checkbox"
                checked={grouping.value === 'grouped'}
                onChange={(event) => {
                  grouping.set(event.currentTarget.checked ? 'grouped' : 'single');
                }}
              />
              a sweep as one row
            </label>
            <ColumnsChoice view={view} shown={shown} standard={standard} choose={chosen.set} />
            {picks.length >= 2 ? (
              <a class="action" href={formatRoute({ path: ['compare', ...picks], query: {} })}>
                Compare {picks.length} runs
              </a>
            ) : (
              <span class="soft">Tick two runs to compare them.</span>
            )}
            {picks.length > 0 && (
              <button
                type="button"
                onClick={() => {
                  picked.set('');
                }}
              >
                Clear
              </button>
            )}
          </div>
          <p id="found" class="soft found" role="status">
            {filter.unknown.length > 0
              ? `No column is called ${filter.unknown.join(', ')}.`
              : foundText(found.length, view.rows, rows.length)}
          </p>
          <RunsTable
            view={view}
            rows={rows}
            shown={shown}
            columns={columns}
            sort={sort.value}
            setSort={sort.set}
            picks={picks}
            setPicks={(runs) => {
              picked.set(runs.join(','));
            }}
            showSweep={(sweep) => {
              filterText.set(`sweep=${sweep}`);
            }}
          />
        </>
      )}
    </>
  );
}

/** What a reader most likely wants to see: when, what, how it ended, its figure, and the parameters that vary. */
function standardColumns(view: RunsView): string[] {
  const isWanted = (name: (typeof FIELD_COLUMNS)[number]): boolean => {
    const column = view.fields[name];
    // A column that says the same of all runs takes room from those that do not.
    return !('all' in column && (name === 'tags' || name === 'stages')) || view.rows <= 1;
  };
  const fields = FIELD_COLUMNS.filter(isWanted);
  const at = fields.indexOf('result') + 1;
  return [...fields.slice(0, at), ...view.suggested.map(({ name }) => name), ...fields.slice(at)];
}

function placeholderFor({ suggested }: RunsView): string {
  const [measure] = suggested;
  return measure ? `words, outcome=done, ${measure.name}>0.4` : 'words, or outcome=failed';
}

function foundText(found: number, all: number, rows: number): string {
  const runs =
    found === all ? countText(all, 'run') : `${countText(found, 'run')} of ${all.toLocaleString('en-US')}`;
  return rows === found ? `${runs}.` : `${runs} in ${countText(rows, 'row')}.`;
}
