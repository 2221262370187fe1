/** Whether the difference of two reports is more than chance, measure by measure. */
import type { JSX } from 'preact';
import { alignedText, signedText } from '../../../../base/number-text.ts';
import type { ComparedRun, TestsView, TestView } from '../../../views/compare-view.ts';
import { countText, measureText, pText, stars } from '../../format.ts';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { letterOf } from './letters.ts';

export interface TestsSectionProps {
  readonly tests: readonly TestsView[];
  readonly runs: readonly ComparedRun[];
}

export function TestsSection({ tests, runs }: TestsSectionProps): JSX.Element {
  return (
    <Section
      id="tests"
      title="Significance"
      lead="Paired two-sided randomisation tests over the queries, not corrected for several comparisons. * p < 0.05, ** p < 0.01, *** p < 0.001."
    >
      {tests.map((one) => {
        const letter = letterOf(runs.findIndex(({ id }) => id === one.run));
        return (
          <div key={`${one.stage} ${one.run}`}>
            <h3>
              {one.stage}: {letter} against A
            </h3>
            {one.untested !== null && <p class="empty">Not tested: {one.untested}.</p>}
            {one.untested === null && one.tests.length === 0 && <p class="empty">No query differs.</p>}
            {one.tests.length > 0 && (
              <Table
                id={`tests-${one.stage}-${letter}`}
                caption={`Tests of ${one.stage}, ${letter} against A`}
                columns={columnsFor(letter)}
                rows={one.tests}
                rowKey={({ measure }) => measure}
              />
            )}
            {one.unmatched > 0 && (
              <p class="soft">
                Without {countText(one.unmatched, 'query', 'queries')} that only one of the runs has.
              </p>
            )}
          </div>
        );
      })}
    </Section>
  );
}

function columnsFor(letter: string): Column<TestView>[] {
  return [
    { id: 'measure', head: 'measure', names: true, cell: ({ measure }) => measuresText(measure) },
    { id: 'before', head: 'A', align: 'right', cell: ({ before }) => alignedText(before) },
    { id: 'after', head: letter, align: 'right', cell: ({ after }) => alignedText(after) },
    {
      id: 'difference',
      head: 'difference',
      align: 'right',
      cell: ({ difference }) => (
        <span class={difference > 0 ? 'better' : 'worse'}>{signedText(difference, alignedText)}</span>
      ),
      sort: ({ difference }) => difference,
    },
    {
      id: 'p',
      head: 'p',
      align: 'right',
      cell: ({ p }) => `${p < 0.00005 ? '< 0.0001' : pText(p)} ${stars(p)}`.trim(),
      sort: ({ p }) => p,
    },
    {
      id: 'differing',
      head: 'queries that differ',
      align: 'right',
      cell: ({ differing, queries }) =>
        `${differing.toLocaleString('en-US')} of ${queries.toLocaleString('en-US')}`,
    },
  ];
}

/** `model/mrr@10` → `model MRR@10` */
function measuresText(measure: string): string {
  const [system = '', ...rest] = measure.split('/');
  return rest.length === 0 ? measureText(system) : `${system} ${measureText(rest.join('/'))}`;
}
