/** A sweep while it runs: its ranking as results come in, and the stages of each configuration. */
import type { JSX } from 'preact';
import { alignedText } from '../../../../base/number-text.ts';
import type { LiveSweep } from '../../../views/live-view.ts';
import { IntervalPlot } from '../../charts/interval-plot.tsx';
import { countText } from '../../format.ts';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { LiveStages } from './live-stages.tsx';
import type { StageProgress } from './progress.ts';
import { sweepProgress, type ConfigurationProgress, type ConfigurationStatus } from './sweep-progress.ts';

const TONES: Readonly<Record<ConfigurationStatus, Tone>> = {
  done: 'good',
  running: 'good',
  waiting: 'plain',
  failed: 'bad',
  skipped: 'warn',
};
/** Rows of the chart; the table has all. */
const MOST_DRAWN = 30;

interface LiveSweepProps {
  readonly sweep: LiveSweep;
  readonly stages: readonly StageProgress[];
}

export function LiveRanking({ sweep, stages }: LiveSweepProps): JSX.Element {
  const { configurations } = sweepProgress(sweep, stages);
  const metric = sweep.metric?.name ?? null;
  const measured = configurations.filter((one) => one.metric !== null);
  const isRepeated = configurations.some(({ repeats }) => repeats > 1);
  return (
    <Section id="ranking" title="Ranking so far" lead={leadOf(sweep, measured.length, configurations.length)}>
      {metric !== null && measured.length > 1 && (
        <IntervalPlot
          title={metric}
          note={measured.length > MOST_DRAWN ? `The best ${MOST_DRAWN} of ${measured.length}.` : ''}
          x={metric}
          groups={[
            {
              name: '',
              rows: measured.slice(0, MOST_DRAWN).map((one, index) => ({
                name: one.name,
                tone: index === 0 ? 'model' : 'plain',
                value: one.metric!,
                interval: null,
                text: one.metric!.toFixed(4),
              })),
            },
          ]}
          numbers={{
            head: ['configuration', metric],
            rows: measured.map((one) => [one.name, one.metric]),
          }}
        />
      )}
      <Table
        id="ranking"
        caption="Configurations, the best first"
        columns={[
          { id: 'name', head: 'configuration', names: true, cell: ({ name }) => name },
          ...(metric === null
            ? []
            : [
                {
                  id: 'metric',
                  head: metric,
                  align: 'right' as const,
                  cell: (one: ConfigurationProgress) => (one.metric === null ? '–' : alignedText(one.metric)),
                },
              ]),
          {
            id: 'status',
            head: 'state',
            cell: ({ status }) => <Chip tone={TONES[status]}>{status}</Chip>,
          },
          ...(isRepeated
            ? [
                {
                  id: 'repeats',
                  head: 'repeats done',
                  align: 'right' as const,
                  cell: ({ done, repeats }: ConfigurationProgress) => `${done} of ${repeats}`,
                },
              ]
            : []),
          {
            id: 'stages',
            head: 'own stages done',
            align: 'right',
            cell: (one) => `${doneOf(one.stages)} of ${one.stages.length}`,
          },
        ]}
        rows={configurations}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

const doneOf = (stages: readonly StageProgress[]): number =>
  stages.filter(({ status }) => status === 'executed' || status === 'cached').length;

function leadOf({ metric, goal, rung }: LiveSweep, measured: number, all: number): string {
  return [
    ...(rung ? [`Rung ${rung.number + 1} of successive halving, with a budget of ${rung.budget}.`] : []),
    `${measured} of ${countText(all, 'configuration')} ${measured === 1 ? 'has' : 'have'} a result.`,
    ...(metric
      ? [
          `The ${goal === 'maximize' ? 'highest' : 'lowest'} is best; intervals and tests are there when the sweep has ended.`,
        ]
      : []),
  ].join(' ');
}

/** What all configurations share, then each with its own stages. */
export function LiveTree({ sweep, stages }: LiveSweepProps): JSX.Element {
  const { shared, configurations } = sweepProgress(sweep, stages);
  return (
    <>
      {shared.length > 0 && <Branch name="shared by all configurations" id="shared" stages={shared} isOpen />}
      {configurations.map(({ name, status, stages: own }) => (
        <Branch
          key={name}
          name={name}
          id={name}
          status={status}
          stages={own}
          isOpen={status === 'running' || status === 'failed'}
        />
      ))}
    </>
  );
}

function Branch(props: {
  readonly name: string;
  readonly id: string;
  readonly status?: ConfigurationStatus;
  readonly stages: readonly StageProgress[];
  readonly isOpen: boolean;
}): JSX.Element {
  const { name, id, status, stages, isOpen } = props;
  return (
    <details class="branch" open={isOpen}>
      <summary>
        <span class="name">{name}</span> {status && <Chip tone={TONES[status]}>{status}</Chip>}{' '}
        <span class="soft">
          {doneOf(stages)} of {countText(stages.length, 'stage')} done
        </span>
      </summary>
      <LiveStages id={id} caption={`Stages of ${name}`} stages={stages} />
    </details>
  );
}
