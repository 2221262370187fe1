/** How good it is: every report's systems beside each other, with intervals, differences and tests. */
import type { JSX } from 'preact';
import type { ComparisonView, FigureView, ReportView, SystemView } from '../../../views/report-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText, signedText } from '../../../../base/number-text.ts';
import { IntervalPlot, type IntervalGroup } from '../../charts/interval-plot.tsx';
import { countText, intervalText, measureText, percentText, pText, stars, systemText } from '../../format.ts';
import { Chip } from '../../parts/chip.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { toneOf } from '../../tones.ts';

export function MetricsSection({ run }: { readonly run: RunView }): JSX.Element {
  // The last one is what the run was made for: a test split comes after validation.
  const reports = [...run.reports].reverse();
  return (
    <Section id="metrics" title="Metrics">
      {reports.length === 0 ? <Other run={run} /> : <Report report={reports[0]!} />}
      {reports.slice(1).map((report) => (
        <details key={report.stage} class="more-report">
          <summary>
            Stage {report.stage}: {headlineOf(report)}
          </summary>
          <Report report={report} />
        </details>
      ))}
    </Section>
  );
}

function headlineOf({ systems, label, primary, split }: ReportView): string {
  const figure = systems.find(({ name }) => name === label)?.corpus[primary];
  return `${measureText(primary)} ${figure ? figure.mean.toFixed(3) : '–'} on ${split}`;
}

/** Without an evaluation, what the stages themselves say. */
function Other({ run }: { readonly run: RunView }): JSX.Element {
  const told = run.stages.filter(({ headline }) => headline !== null);
  if (told.length === 0) return <Empty>No stage of this run has a result.</Empty>;
  return (
    <>
      <Empty>This run has no evaluation. Its stages report:</Empty>
      <Table
        id="headlines"
        caption="Results of the stages"
        columns={[
          { id: 'stage', head: 'stage', cell: ({ name }) => name, names: true },
          { id: 'result', head: 'result', cell: ({ headline }) => headline },
        ]}
        rows={told}
        rowKey={({ name }) => name}
      />
    </>
  );
}

/** What a reader may not know of a baseline. */
const BASELINES: Readonly<Record<string, string>> = {
  mean: 'Mean: the nearest means of word vectors.',
  random: 'Random: the documents in random order.',
};

function Report({ report }: { readonly report: ReportView }): JSX.Element {
  const {
    measures,
    candidateMeasures,
    systems,
    comparisons,
    stage,
    split,
    queries,
    documents,
    confidence,
    fusion,
  } = report;
  const lead = [
    `${countText(queries, 'query', 'queries')} of ${split} against ${countText(documents, 'document')}.`,
    ...(confidence === null
      ? []
      : [`Intervals are ${percentText(confidence)} bootstrap intervals over the queries.`]),
    ...(fusion === null ? [] : [fusion]),
    ...systems.flatMap(({ name }) => BASELINES[name] ?? []),
  ];
  return (
    <div class="report">
      <p class="lead">
        Stage {stage}: {lead.join(' ')}
      </p>
      <div class="columns">
        <IntervalPlot
          title={`${plotted(report).map(measureText).join(', ')} of each system`}
          x="mean over queries"
          groups={plotted(report).map((measure): IntervalGroup => ({
            name: measureText(measure),
            rows: systems
              .filter((system) => system.corpus[measure])
              .map((system) => rowOf(system.name, system.corpus[measure]!, report)),
          }))}
          numbers={{
            head: ['measure', 'system', 'mean', 'low', 'high'],
            rows: plotted(report).flatMap((measure) =>
              systems.flatMap((system) => {
                const figure = system.corpus[measure];
                return figure
                  ? [[measureText(measure), systemText(system.name), rounded(figure.mean), ...bounds(figure)]]
                  : [];
              }),
            ),
          }}
        />
        <Comparisons report={report} comparisons={comparisons} />
      </div>
      <Figures
        report={report}
        caption={`Whole corpus, ${stage}`}
        measures={measures}
        of={(system) => system.corpus}
      />
      {candidateMeasures.length > 0 && (
        <Figures
          report={report}
          caption={`Within each query’s candidates, ${stage}`}
          measures={candidateMeasures}
          of={(system) => system.candidates}
        />
      )}
    </div>
  );
}

const MOST_PLOTTED = 4;

/** The primary measure and a few others, as they answer different questions. */
function plotted({ measures, primary }: ReportView): string[] {
  const wanted = [primary, ...measures.filter((name) => /^(ndcg@|recall@10$|recall@100$|hit@1$)/.test(name))];
  return [...new Set(wanted)].filter((name) => measures.includes(name)).slice(0, MOST_PLOTTED);
}

const rounded = (value: number): number => Number(value.toFixed(4));

function bounds({ interval }: FigureView): (number | null)[] {
  return interval ? interval.map(rounded) : [null, null];
}

function rowOf(
  name: string,
  { mean, interval }: FigureView,
  report: ReportView,
): IntervalGroup['rows'][number] {
  return {
    name: systemText(name),
    tone: toneOf(name, report.label),
    value: mean,
    interval,
    text: mean.toFixed(3),
  };
}

function Comparisons(props: {
  readonly report: ReportView;
  readonly comparisons: readonly ComparisonView[];
}): JSX.Element | null {
  const { report, comparisons } = props;
  const { primary, permutations } = report;
  const rows = comparisons.filter(({ corpus }) => corpus[primary]);
  if (rows.length === 0) return null;
  const name = ({ system, rival }: ComparisonView): string => `${systemText(system)} − ${systemText(rival)}`;
  return (
    <div>
      <IntervalPlot
        title={`Difference in ${measureText(primary)}`}
        note={
          permutations > 0
            ? `p: two-sided paired randomisation test, ${numberText(permutations)} permutations, not corrected for several comparisons. * p < 0.05, ** p < 0.01, *** p < 0.001.`
            : ''
        }
        x={`difference in ${measureText(primary)}`}
        reference={{ value: 0, text: 'equal' }}
        groups={[
          {
            name: '',
            rows: rows.map((row) => {
              const { difference, interval, p } = row.corpus[primary]!;
              const isClear = p !== null && p < 0.05;
              return {
                name: name(row),
                tone: !isClear ? 'plain' : difference > 0 ? 'good' : 'bad',
                value: difference,
                interval,
                text: `${signedText(difference, (size) => size.toFixed(3))}${p === null ? '' : ` ${stars(p)}`}`,
              };
            }),
          },
        ]}
        numbers={{
          head: ['comparison', 'measure', 'difference', 'low', 'high', 'p'],
          rows: rows.flatMap((row) =>
            Object.entries(row.corpus).map(([measure, { difference, interval, p }]) => [
              name(row),
              measureText(measure),
              rounded(difference),
              interval && rounded(interval[0]),
              interval && rounded(interval[1]),
              p === null ? null : pText(p),
            ]),
          ),
        }}
      />
      <Table
        id={`comparisons-${report.stage}`}
        caption={`Tests and queries won, ${report.stage}`}
        columns={[
          { id: 'name', head: 'comparison', cell: name, names: true },
          {
            id: 'p',
            head: 'p',
            align: 'right',
            cell: ({ corpus }) => {
              const { p, difference } = corpus[primary]!;
              if (p === null) return '–';
              const tone = p >= 0.05 ? 'plain' : difference > 0 ? 'good' : 'bad';
              return (
                <>
                  {pText(p)}{' '}
                  <Chip tone={tone}>
                    {p >= 0.05 ? 'not significant' : difference > 0 ? 'better' : 'worse'}
                  </Chip>
                </>
              );
            },
          },
          { id: 'won', head: 'won', align: 'right', cell: ({ won }) => numberText(won) },
          { id: 'tied', head: 'tied', align: 'right', cell: ({ tied }) => numberText(tied) },
          { id: 'lost', head: 'lost', align: 'right', cell: ({ lost }) => numberText(lost) },
        ]}
        rows={rows}
        rowKey={name}
      />
    </div>
  );
}

function Figures(props: {
  readonly report: ReportView;
  readonly caption: string;
  readonly measures: readonly string[];
  readonly of: (system: SystemView) => Readonly<Record<string, FigureView>>;
}): JSX.Element {
  const { report, caption, measures, of } = props;
  const rows = report.systems.filter((system) => measures.some((name) => of(system)[name]));
  const columns: Column<SystemView>[] = [
    {
      id: 'system',
      head: 'system',
      names: true,
      cell: ({ name }) => <span class={`tone-${toneOf(name, report.label)}`}>{systemText(name)}</span>,
    },
    ...measures.map((measure): Column<SystemView> => {
      const best = Math.max(...rows.map((system) => of(system)[measure]?.mean ?? -Infinity));
      return {
        id: measure,
        head: measureText(measure.replace(/^candidates\//, '')),
        align: 'right',
        cell: (system) => {
          const figure = of(system)[measure];
          if (!figure) return '–';
          return (
            <>
              <span class={figure.mean === best ? 'best-cell' : undefined}>{figure.mean.toFixed(3)}</span>
              {figure.interval && <small class="interval-text">{intervalText(figure.interval)}</small>}
            </>
          );
        },
      };
    }),
  ];
  return (
    <Table
      id={`figures-${report.stage}-${measures[0] ?? ''}`}
      caption={caption}
      showCaption
      columns={columns}
      rows={rows}
      rowKey={({ name }) => name}
    />
  );
}
