/** Configurations from best to worst, with the uncertainty from queries (interval) and from repeats (deviation). */
import type { JSX } from 'preact';
import type { ConfigurationView, SweepView } from '../../../views/sweep-view.ts';
import { alignedText, signedText } from '../../../../base/number-text.ts';
import { durationText } from '../../../../base/quantity-text.ts';
import { IntervalPlot } from '../../charts/interval-plot.tsx';
import { intervalText, pText } from '../../format.ts';
import { Chip } from '../../parts/chip.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';

/** Rows of the chart; the table has all. */
const MOST_DRAWN = 30;

export function RankingSection({ sweep }: { readonly sweep: SweepView }): JSX.Element {
  const { configurations, metric } = sweep;
  const ranked = configurations.filter((one) => one.metric !== null);
  const baseline = configurations.find(({ isBaseline }) => isBaseline);
  return (
    <Section id="ranking" title="Ranking" lead={leadOf(sweep, ranked.length)}>
      {metric === null && <Empty>The sweep names no metric, so nothing is ranked.</Empty>}
      {ranked.length > 0 && metric !== null && (
        <IntervalPlot
          title={metric}
          note={
            ranked.length > MOST_DRAWN ? `The best ${MOST_DRAWN} of ${ranked.length}; the table has all.` : ''
          }
          x={metric}
          {...(baseline?.metric != null && { reference: { value: baseline.metric, text: sweep.reference } })}
          groups={[
            {
              name: '',
              rows: ranked.slice(0, MOST_DRAWN).map((one, index) => ({
                name: one.name,
                tone: index === 0 ? 'model' : one.isBaseline ? 'bm25' : 'plain',
                value: one.metric!,
                interval: one.interval,
                text: one.metric!.toFixed(4),
              })),
            },
          ]}
          numbers={{
            head: ['configuration', metric, 'low', 'high', 'sd over repeats'],
            rows: ranked.map((one) => [
              one.name,
              one.metric,
              one.interval?.[0] ?? null,
              one.interval?.[1] ?? null,
              one.deviation,
            ]),
          }}
        />
      )}
      <Table
        id="ranking"
        caption="Configurations, best first"
        columns={columnsOf(sweep)}
        rows={configurations}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

const STATES: Readonly<Record<ConfigurationView['state'], string>> = {
  done: 'no value',
  failed: 'failed',
  interrupted: 'unfinished',
};

function leadOf({ configurations, goal, reference: sweepReference }: SweepView, ranked: number): string {
  const rest = configurations.length - ranked;
  const baseline = configurations.find(({ isBaseline }) => isBaseline);
  const reference = baseline
    ? `Differences and p are against ${sweepReference === 'best' ? 'the best' : baseline.name}.`
    : '';
  return [
    `${goal === 'maximize' ? 'The highest' : 'The lowest'} is best. Intervals are over queries, ± over repeats.`,
    ...(rest > 0 ? [`${rest} without a value are last.`] : []),
    reference,
  ].join(' ');
}

function columnsOf({ metric, configurations, repeats, reference }: SweepView): Column<ConfigurationView>[] {
  const has = (test: (one: ConfigurationView) => boolean): boolean => configurations.some(test);
  return [
    { id: 'name', head: 'configuration', cell: ({ name }) => name, names: true, sort: ({ name }) => name },
    {
      id: 'metric',
      head: metric ?? 'metric',
      align: 'right',
      cell: (one) =>
        one.metric !== null ? (
          alignedText(one.metric)
        ) : (
          <Chip tone={one.state === 'failed' ? 'bad' : 'warn'}>{STATES[one.state]}</Chip>
        ),
      sort: (one) => one.metric,
    },
    ...(repeats > 1
      ? [
          {
            id: 'sd',
            head: '± sd',
            align: 'right' as const,
            cell: ({ deviation }: ConfigurationView) => (deviation === null ? '–' : alignedText(deviation)),
          },
        ]
      : []),
    ...(has(({ interval }) => interval !== null)
      ? [
          {
            id: 'interval',
            head: '95 %',
            align: 'right' as const,
            cell: ({ interval }: ConfigurationView) => (interval ? intervalText(interval) : '–'),
          },
        ]
      : []),
    ...(has(({ difference }) => difference !== null)
      ? [
          {
            id: 'difference',
            head: 'difference',
            align: 'right' as const,
            cell: (one: ConfigurationView) =>
              one.isBaseline
                ? reference
                : one.difference === null
                  ? '–'
                  : signedText(one.difference, alignedText),
            sort: ({ difference }: ConfigurationView) => difference,
          },
        ]
      : []),
    ...(has(({ p }) => p !== null)
      ? [
          {
            id: 'p',
            head: 'p',
            align: 'right' as const,
            cell: ({ p }: ConfigurationView) => (p === null ? '–' : pText(p)),
            sort: ({ p }: ConfigurationView) => p,
          },
        ]
      : []),
    {
      id: 'seconds',
      head: 'time',
      align: 'right',
      cell: ({ seconds }) => (seconds === 0 ? 'cached' : durationText(seconds)),
      sort: ({ seconds }) => seconds,
    },
    ...(has(({ warnings, error }) => warnings > 0 || error !== null)
      ? [
          {
            id: 'notes',
            head: 'notes',
            cell: ({ warnings, error }: ConfigurationView) => (
              <>
                {warnings > 0 && (
                  <Chip tone="warn">{warnings === 1 ? '1 warning' : `${warnings} warnings`}</Chip>
                )}
                {error !== null && ` ${error}`}
              </>
            ),
          },
        ]
      : []),
  ];
}
