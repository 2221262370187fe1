/** A table of rows that fit on a page. Columns with `sort` can be sorted by their heads; the order is in the address. */
import type { ComponentChildren, JSX } from 'preact';
import { useRouteValue } from '../use-route.ts';

export interface Column<Row> {
  /** Unique in the table; part of the address when the table is sorted by it. */
  readonly id: string;
  readonly head: ComponentChildren;
  readonly cell: (row: Row) => ComponentChildren;
  readonly align?: 'left' | 'right';
  /** The value that the column is sorted by; null goes last. */
  readonly sort?: (row: Row) => number | string | null;
  /** The cell names its row. */
  readonly names?: boolean;
}

export interface TableProps<Row> {
  /** Unique on the page: names the order in the address. */
  readonly id: string;
  readonly caption: string;
  /** Show the caption, not only tell it to screen readers. */
  readonly showCaption?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowClass?: (row: Row) => string | undefined;
}

export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const { id, caption, showCaption = false, columns, rows, rowKey, rowClass } = props;
  const order = useRouteValue(`${id}-by`, '');
  const descending = order.value.startsWith('-');
  const by = columns.find((column) => column.id === order.value.replace(/^-/, ''));
  const sorted = by?.sort ? sortedBy(rows, by.sort, descending) : rows;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class={showCaption ? '' : 'unseen'}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} by={by} descending={descending} choose={order.set} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)} class={rowClass?.(row)}>
              {columns.map((column) =>
                column.names ? (
                  <th key={column.id} scope="row" class={column.align}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} class={column.align}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>(props: {
  readonly column: Column<Row>;
  readonly by: Column<Row> | undefined;
  readonly descending: boolean;
  readonly choose: (order: string) => void;
}): JSX.Element {
  const { column, by, descending, choose } = props;
  if (!column.sort)
    return (
      <th scope="col" class={column.align}>
        {column.head}
      </th>
    );
  const isSorted = by?.id === column.id;
  // Numbers are asked for from the top, names from the beginning.
  const first = column.align === 'right' ? `-${column.id}` : column.id;
  const other = column.align === 'right' ? column.id : `-${column.id}`;
  const current = isSorted ? (descending ? `-${column.id}` : column.id) : '';
  const next = current === '' ? first : current === first ? other : '';
  return (
    <th
      scope="col"
      class={column.align}
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        class="sort"
        onClick={() => {
          choose(next);
        }}
      >
        {column.head}
        <span aria-hidden="true">{isSorted ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function sortedBy<Row>(
  rows: readonly Row[],
  value: (row: Row) => number | string | null,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, at: value(row) }))
    .sort((a, b) => {
      if (a.at === null || b.at === null) return Number(a.at === null) - Number(b.at === null);
      if (typeof a.at === 'number' && typeof b.at === 'number') return sign * (a.at - b.at);
      return sign * String(a.at).localeCompare(String(b.at), 'en', { numeric: true });
    })
    .map(({ row }) => row);
}
