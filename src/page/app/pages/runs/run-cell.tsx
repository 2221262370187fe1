/** One cell of the table of runs, by what its column holds. */
import type { JSX } from 'preact';
import { numberText } from '../../../../base/number-text.ts';
import { durationText } from '../../../../base/quantity-text.ts';
import { cellAt, type Cell, type RunsView } from '../../../views/runs-view.ts';
import { timeText } from '../../format.ts';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { formatRoute } from '../../routes.ts';
import { bestOf, type Columns, type Row } from './rows.ts';

const TONES: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', interrupted: 'warn' };

export function isNumeric({ others }: RunsView, name: string): boolean {
  if (name === 'seconds' || name === 'warnings') return true;
  return others.some((other) => other.name === name && other.isNumeric);
}

interface CellProps {
  readonly view: RunsView;
  readonly columns: Columns;
  readonly sort: string;
  readonly row: Row;
  readonly name: string;
  /** The first cell leads to the run. */
  readonly isFirst: boolean;
  readonly showSweep: (sweep: string) => void;
}

export const idOf = (columns: Columns, { run }: Row): string => String(valueAt(columns, 'id', run));

export function RunCell(props: CellProps): JSX.Element {
  const { view, row, name, isFirst } = props;
  const content = row.runs.length > 1 ? sweepContent(props) : runContent(props);
  if (isFirst)
    return (
      <th scope="row">
        <a href={addressOf(props)}>{content}</a>
      </th>
    );
  return (
    <td
      class={isNumeric(view, name) ? 'right' : undefined}
      title={typeof content === 'string' ? content : undefined}
    >
      {content}
    </td>
  );
}

function valueAt(columns: Columns, name: string, run: number): Cell {
  const column = columns.get(name);
  return column ? cellAt(column, run) : null;
}

function addressOf({ row, columns }: CellProps): string {
  const path = row.runs.length > 1 ? ['sweep', row.sweep!] : ['run', String(valueAt(columns, 'id', row.run))];
  return formatRoute({ path, query: {} });
}

function runContent({ columns, row, name }: CellProps): JSX.Element | string {
  return contentOf(name, valueAt(columns, name, row.run));
}

function contentOf(name: string, value: Cell): JSX.Element | string {
  if (value === null || value === '') return '–';
  if (name === 'outcome') return <Chip tone={TONES[String(value)] ?? 'plain'}>{value}</Chip>;
  if (name === 'started') return timeText(String(value));
  if (name === 'seconds') return durationText(Number(value));
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** What can be said of several runs at once: what is equal in all, the best where it is sorted, the number of others. */
function sweepContent({ view, columns, row, name, sort, showSweep }: CellProps): JSX.Element | string {
  const values = row.runs.map((run) => valueAt(columns, name, run));
  switch (name) {
    case 'outcome': {
      const worst = ['failed', 'interrupted'].find((outcome) => values.includes(outcome)) ?? 'done';
      return contentOf(name, worst);
    }
    case 'started':
      return contentOf(name, values.at(-1)!);
    case 'seconds':
      return contentOf(
        name,
        values.reduce<number>((sum, value) => sum + Number(value), 0),
      );
    case 'result':
    case 'stages':
      return name === 'stages' ? (
        ''
      ) : (
        <button
          type="button"
          class="link"
          onClick={() => {
            showSweep(row.sweep!);
          }}
        >
          sweep of {row.runs.length} runs
        </button>
      );
  }
  const distinct = new Set(values);
  if (distinct.size === 1) return contentOf(name, values[0]!);
  if (isNumeric(view, name) && view.others.some((other) => other.name === name && other.kind === 'metric')) {
    const ascending = sort === name;
    const best = bestOf(row, columns.get(name)!, ascending ? 1 : -1);
    return `${ascending ? 'from' : 'to'} ${typeof best === 'number' ? numberText(best) : '–'}`;
  }
  return `${distinct.size} values`;
}
