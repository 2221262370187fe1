/**
 * The table of runs. Only the rows in view are in the document, between two rows that stand for those above and below,
 * so that 10,000 runs cost as much as 30.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunsView } from '../../../views/runs-view.ts';
import type { Columns, Row } from './rows.ts';
import { idOf, isNumeric, RunCell } from './run-cell.tsx';

export interface RunsTableProps {
  readonly view: RunsView;
  readonly rows: readonly Row[];
  readonly shown: readonly string[];
  readonly columns: Columns;
  /** A column's name, after `-` where the highest comes first; empty for the latest run first. */
  readonly sort: string;
  readonly setSort: (sort: string) => void;
  /** Ids of ticked runs. */
  readonly picks: readonly string[];
  readonly setPicks: (runs: readonly string[]) => void;
  readonly showSweep: (sweep: string) => void;
}

/** Height of a row, as runs.css has it. */
const ROW = 34;
/** Rows beyond the view in either direction, so that scrolling does not show gaps. */
const SPARE = 8;

export function RunsTable(props: RunsTableProps): JSX.Element {
  const { view, rows, shown, columns, sort, setSort, picks, setPicks, showSweep } = props;
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, height: 900 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      setPlace({ top: element.scrollTop, height: element.clientHeight });
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, []);
  const first = Math.max(0, Math.min(Math.floor(place.top / ROW), rows.length) - SPARE);
  const last = Math.min(rows.length, first + Math.ceil(place.height / ROW) + 2 * SPARE);
  return (
    <div class="runs-box" ref={box} tabIndex={0} role="region" aria-label="Recorded runs">
      <table class="runs" aria-rowcount={rows.length + 1}>
        <caption class="unseen">Recorded runs</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <span class="unseen">compare</span>
            </th>
            {shown.map((name) => (
              <Head key={name} name={name} numeric={isNumeric(view, name)} sort={sort} setSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap height={first * ROW} columns={shown.length + 1} />}
          {rows.slice(first, last).map((row, index) => {
            const id = idOf(columns, row);
            return (
              <tr key={`${row.sweep ?? ''}/${id}`} aria-rowindex={first + index + 2}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Compare run ${id}`}
                    checked={picks.includes(id)}
                    onChange={(event) => {
                      setPicks(
                        event.currentTarget.checked ? [...picks, id] : picks.filter((pick) => pick !== id),
                      );
                    }}
                  />
                </td>
                {shown.map((name, i) => (
                  <RunCell
                    key={name}
                    view={view}
                    columns={columns}
                    sort={sort}
                    row={row}
                    name={name}
                    isFirst={i === 0}
                    showSweep={showSweep}
                  />
                ))}
              </tr>
            );
          })}
          {last < rows.length && <Gap height={(rows.length - last) * ROW} columns={shown.length + 1} />}
        </tbody>
      </table>
      {rows.length === 0 && <p class="empty">No run matches.</p>}
    </div>
  );
}

function Gap({ height, columns }: { readonly height: number; readonly columns: number }): JSX.Element {
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

function Head(props: {
  readonly name: string;
  readonly numeric: boolean;
  readonly sort: string;
  readonly setSort: (sort: string) => void;
}): JSX.Element {
  const { name, numeric, sort, setSort } = props;
  const isSorted = sort.replace(/^-/, '') === name;
  const descending = sort.startsWith('-');
  // Numbers are asked for from the top, names from the beginning.
  const order = numeric ? [`-${name}`, name, ''] : [name, `-${name}`, ''];
  const next = order[(isSorted ? order.indexOf(sort) : -1) + 1]!;
  return (
    <th
      scope="col"
      class={numeric ? 'right' : undefined}
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        class="sort"
        title={name}
        onClick={() => {
          setSort(next);
        }}
      >
        {name === 'seconds' ? 'time' : name}
        <span aria-hidden="true">{isSorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}
