/**
 * A live tree on a terminal: one line per stage, with progress, rate and time left while it runs. How many of the lines
 * are shown is decided in tree-frame.ts.
 */
import { Listr } from 'listr2';
import { monotonic } from '../../../base/clock.ts';
import { reasonText } from '../../../plan/reason.ts';
import type { RunEvent, StageOutcome } from '../../../execute/events.ts';
import { printNotice, styleFor, useColor, type Style } from '../output.ts';
import { trackProgress } from '../progress-text.ts';
import { durationText } from '../text.ts';
import { warningCount, warningText } from '../warnings.ts';
import { countsText, failureText, waitingText } from './failure.ts';
import { FittingRenderer } from './fitting-renderer.ts';
import { queueText } from './queue-text.ts';
import type { Reporter } from './reporter.ts';
import type { RowState, TreeRow } from './tree-frame.ts';

interface Row {
  readonly onEvent: (event: StageEvent) => void;
  /** As it is to be shown now. */
  readonly now: () => TreeRow;
  readonly ended: Promise<void>;
  /** Lets go of a stage, also of one that came to no end because the run threw. */
  readonly end: () => void;
}

type StageEvent = Extract<RunEvent, { readonly stage: string }>;

/** `stages` are those that may execute; cached ones are only counted. */
export function treeReporter(stages: readonly string[]): Reporter {
  const style = styleFor(useColor('stderr'));
  const rows = new Map(stages.map((stage) => [stage, stageRow(stage, style)]));
  const after: string[] = [];
  const tree = new Listr(
    [...rows].map(([stage, row]) => ({ title: stage, task: () => row.ended })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: FittingRenderer,
      rendererOptions: { rows: () => [...rows.values()].map((row) => row.now()) },
    },
  );
  const drawn = tree.run();

  return {
    onEvent(event): void {
      if ('stage' in event) rows.get(event.stage)?.onEvent(event);
      if (event.type === 'stage-failed') after.push(failureText(event.stage, event, style));
      if (event.type === 'stage-log' && event.level === 'warning')
        after.push(warningText(event, style, event.stage));
      if (event.type === 'run-finished')
        after.push(`${event.outcome}: ${countsText(event)} in ${durationText(event.seconds)}`);
    },
    async close(): Promise<void> {
      for (const row of rows.values()) row.end();
      await drawn;
      for (const text of after) printNotice(text);
    },
  };
}

function stageRow(stage: string, style: Style): Row {
  const track = trackProgress();
  let started = 0;
  let state: RowState = 'waiting';
  let text = 'waiting for its inputs';
  let isDoubtful = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));

  const show = (next: RowState, what: string): void => {
    state = next;
    text = what;
    if (next === 'finished' || next === 'failed' || next === 'skipped') end();
  };

  const finish = (how: string, outcome: StageOutcome): void => {
    isDoubtful = outcome.warnings.length > 0;
    show('finished', endText(how, outcome, style));
  };

  const onEvent = (event: StageEvent): void => {
    switch (event.type) {
      case 'stage-queued':
        show('waiting', queueText(event));
        return;
      case 'stage-started':
        started = monotonic();
        show('running', event.reasons.map(reasonText).join('; '));
        return;
      case 'stage-waiting':
        show('waiting', waitingText(event));
        return;
      case 'stage-progress':
        text = track.update(event, monotonic());
        return;
      case 'stage-log':
        if (event.level === 'info') text = event.message;
        return;
      case 'stage-finished':
        finish(durationText(event.seconds), event);
        return;
      case 'stage-cached':
        finish('cached', event);
        return;
      case 'stage-failed':
        show('failed', event.message);
        return;
      case 'stage-skipped':
        show('skipped', `not run: ${event.because}`);
    }
  };

  const now = (): TreeRow => {
    const time = state === 'running' ? durationText((monotonic() - started) / 1000) : '';
    // A line is one line, whatever a stage logs.
    const said = text.replace(/\s+/g, ' ').trim();
    return { stage, state, isDoubtful, text: [time, said].filter((part) => part !== '').join(' · ') };
  };
  return {
    onEvent,
    now,
    ended,
    end: () => {
      end();
    },
  };
}

/** How it ended, and how many warnings there are. */
function endText(how: string, { headline, warnings }: StageOutcome, style: Style): string {
  const doubts = warnings.length > 0 ? [style.yellow(`! ${warningCount(warnings.length)}`)] : [];
  return [how, ...(headline === null ? [] : [headline]), ...doubts].join(' · ');
}
