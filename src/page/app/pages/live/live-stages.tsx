import type { JSX } from 'preact';
import { durationText } from '../../../../base/quantity-text.ts';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { Table } from '../../parts/table.tsx';
import type { StageProgress, StageStatus } from './progress.ts';

export const STATUS_TEXT: Readonly<Record<StageStatus, string>> = {
  waiting: 'waiting',
  queued: 'queued',
  running: 'running',
  executed: 'executed',
  cached: 'cached',
  failed: 'failed',
  skipped: 'skipped',
};

const TONES: Readonly<Record<StageStatus, Tone>> = {
  waiting: 'plain',
  queued: 'plain',
  running: 'good',
  executed: 'good',
  cached: 'plain',
  failed: 'bad',
  skipped: 'warn',
};

interface LiveStagesProps {
  /** Unique on the page. */
  readonly id: string;
  readonly caption: string;
  readonly stages: readonly StageProgress[];
}

export function LiveStages({ id, caption, stages }: LiveStagesProps): JSX.Element {
  return (
    <div class="live-stages">
      <Table
        id={`live-${id}`}
        caption={caption}
        columns={[
          { id: 'name', head: 'stage', names: true, cell: ({ name }) => name },
          { id: 'kind', head: 'kind', cell: ({ kind }) => kind },
          {
            id: 'status',
            head: 'state',
            cell: ({ status }) => <Chip tone={TONES[status]}>{STATUS_TEXT[status]}</Chip>,
          },
          { id: 'progress', head: 'progress', cell: (stage) => <Progress stage={stage} /> },
          {
            id: 'seconds',
            head: 'time',
            align: 'right',
            cell: ({ seconds }) => (seconds === null ? '–' : durationText(seconds)),
          },
          { id: 'why', head: 'result, or why it runs', cell: (stage) => <Result stage={stage} /> },
        ]}
        rows={stages}
        rowKey={({ name }) => name}
      />
    </div>
  );
}

function Progress({ stage }: { readonly stage: StageProgress }): JSX.Element | string {
  const { name, status, progress } = stage;
  if (status !== 'running') return '';
  if (!progress || progress.done === undefined) return <progress aria-label={`Progress of ${name}`} />;
  const { done, total, unit = '', note, part } = progress;
  const count = `${done.toLocaleString('en-US')}${total === undefined ? '' : ` of ${total.toLocaleString('en-US')}`} ${unit}`;
  return (
    <>
      <progress
        aria-label={`Progress of ${name}`}
        {...(total === undefined ? {} : { value: done, max: Math.max(total, 1) })}
      />{' '}
      <span class="soft">{[count, note, part?.label].filter(Boolean).join(' · ')}</span>
    </>
  );
}

function Result({ stage }: { readonly stage: StageProgress }): JSX.Element {
  const { status, result, reasons, warnings } = stage;
  return (
    <>
      {status === 'running' ? reasons.join('; ') : (result ?? '')}
      {warnings.map((warning) => (
        <span key={warning} class="doubtful">
          {' '}
          {warning}
        </span>
      ))}
    </>
  );
}
