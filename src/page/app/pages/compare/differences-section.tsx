import type { JSX } from 'preact';
import { numberText, signedText } from '../../../../base/number-text.ts';
import type { ComparedRow, ComparedSection } from '../../../views/compare-view.ts';
import type { Cell } from '../../../views/runs-view.ts';
import { HashText } from '../../parts/hash-text.tsx';
import { FindBox } from '../../parts/find-box.tsx';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { useRouteValue } from '../../use-route.ts';
import { letterOf } from './letters.ts';

/** From this many rows on, they can be searched. */
const MANY = 20;

export function DifferencesSection({ section }: { readonly section: ComparedSection }): JSX.Element {
  const { title, rows } = section;
  const id = title.toLowerCase().replaceAll(' ', '-');
  const find = useRouteValue(`find-${id}`, '');
  const words = find.value.toLowerCase().split(/\s+/);
  const shown = rows.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const columns: Column<ComparedRow>[] = [
    {
      id: 'name',
      head: title === 'Metrics' ? 'metric' : 'name',
      names: true,
      cell: ({ name }) => name,
      sort: ({ name }) => name,
    },
    ...(rows[0]?.values ?? []).map((_, index): Column<ComparedRow> => ({
      id: letterOf(index),
      head: letterOf(index),
      align: isNumeric(section) ? 'right' : 'left',
      cell: ({ values, deltas }) => (
        <>
          {valueText(values[index] ?? null, title)}
          {deltas[index] !== null && deltas[index] !== 0 && (
            <span class="soft"> ({signedText(deltas[index]!)})</span>
          )}
        </>
      ),
      ...(title === 'Metrics' && index > 0 && { sort: ({ deltas }) => deltas[index] ?? null }),
    })),
  ];
  return (
    <Section id={id} title={title}>
      {rows.length > MANY && (
        <div class="controls">
          <FindBox words={find} />
          <span class="soft">
            {shown.length} of {rows.length}
          </span>
        </div>
      )}
      <Table
        id={id}
        caption={`${title} that differ`}
        columns={columns}
        rows={shown}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

const isNumeric = ({ rows }: ComparedSection): boolean =>
  rows.every(({ values }) => values.every((value) => typeof value === 'number' || value === null));

function valueText(value: Cell, title: ComparedSection['title']): JSX.Element | string {
  if (value === null) return '–';
  if (title === 'Stage digests') return <HashText hash={String(value)} />;
  return typeof value === 'number' ? numberText(value) : String(value);
}
