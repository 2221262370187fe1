/**
 * A live tree on a terminal: one line per stage, with progress, rate and time left while it runs. How many of the lines
 * are shown is decided in tree-frame.ts.
 */
import { monotonic } from '../../../base/clock.ts';
import { reasonText } from '../../../plan/reason.ts';
import type { RunEvent, StageOutcome } from '../../../execute/events.ts';
import { printNotice, styleFor, useColor, type Style } from '../output.ts';
import { trackProgress } from '../progress-text.ts';
import { durationText } from '../text.ts';
import { warningCount, warningText } from '../warnings.ts';
import { countsText, failureText } from './failure.ts';
import { liveArea } from './live-area.ts';
import { queueText } from './queue-text.ts';
import type { Reporter } from './reporter.ts';
import { treeFrame, type RowState, type TreeRow } from './tree-frame.ts';

interface Row {
  readonly onEvent: (event: StageEvent) => void;
  /** As it is to be shown now. */
  readonly now: () => TreeRow;
}

type StageEvent = Extract<RunEvent, { readonly stage: string }>;

const REDRAW_MS = 250;

/** `stages` are those that may execute; cached ones are only counted. */
export function treeReporter(stages: readonly string[]): Reporter {
  const style = styleFor(useColor(process.stderr));
  const rows = new Map(stages.map((stage) => [stage, stageRow(stage, style)]));
  const after: string[] = [];
  let turn = 0;
  const area = liveArea((size) =>
    treeFrame(
      [...rows.values()].map((row) => row.now()),
      size,
      turn++,
      style,
    ),
  );
  const timer = setInterval(area.draw, REDRAW_MS);
  area.draw();

  return {
    onEvent(event): void {
      if ('stage' in event) rows.get(event.stage)?.onEvent(event);
      if (event.type === 'stage-failed') after.push(failureText(event.stage, event, style));
      if (event.type === 'stage-log' && event.level === 'warning')
        after.push(warningText(event, style, event.stage));
      if (event.type === 'run-finished')
        after.push(`${event.outcome}: ${countsText(event)} in ${durationText(event.seconds)}`);
    },
    close(): Promise<void> {
      clearInterval(timer);
      area.close();
      for (const text of after) printNotice(text);
      return Promise.resolve();
    },
  };
}

function stageRow(stage: string, style: Style): Row {
  const track = trackProgress();
  let started = 0;
  let state: RowState = 'waiting';
  let text = 'waiting for its inputs';

  const show = (next: RowState, what: string): void => {
    state = next;
    text = what;
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
        show('waiting', 'being made by another process');
        return;
      case 'stage-progress':
        text = track.update(event, monotonic());
        return;
      case 'stage-log':
        if (event.level === 'info') text = event.message;
        return;
      case 'stage-finished':
        show('finished', endText(durationText(event.seconds), event, style));
        return;
      case 'stage-cached':
        show('finished', endText('cached', event, style));
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
    return { stage, state, text: [time, said].filter((part) => part !== '').join(' · ') };
  };
  return { onEvent, now };
}

/** The tree ticks every stage that did not fail, so that a doubtful result needs a mark of its own. */
function endText(how: string, { headline, warnings }: StageOutcome, style: Style): string {
  const doubts = warnings.length > 0 ? [style.yellow(`! ${warningCount(warnings.length)}`)] : [];
  return [how, ...(headline === null ? [] : [headline]), ...doubts].join(' · ');
}
