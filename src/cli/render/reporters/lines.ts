import { monotonic } from '../../../base/clock.ts';
import { reasonText } from '../../../plan/reason.ts';
import type { RunEvent, StageOutcome } from '../../../execute/events.ts';
import { printNotice, styleFor, useColor } from '../output.ts';
import { trackProgress, type ProgressTrack } from '../progress-text.ts';
import { durationText } from '../text.ts';
import { resultMark, warningCount, warningText } from '../warnings.ts';
import { countsText, failureText, waitingText } from './failure.ts';
import type { Reporter } from './reporter.ts';

/** Limits progress lines of a stage, which would fill a log. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Prints plain lines on stderr, for logs and pipes. */
export function linesReporter(): Reporter {
  const style = styleFor(useColor('stderr'));
  const tracks = new Map<string, { readonly track: ProgressTrack; shown: number }>();

  const progressLine = (event: Extract<RunEvent, { type: 'stage-progress' }>): string | undefined => {
    const time = monotonic();
    let entry = tracks.get(event.stage);
    if (!entry) tracks.set(event.stage, (entry = { track: trackProgress(), shown: time }));
    const text = entry.track.update(event, time);
    if (time - entry.shown < PROGRESS_INTERVAL_MS) return undefined;
    entry.shown = time;
    return style.dim(`  ${event.stage}: ${text}`);
  };

  const ended = (
    { stage, headline, warnings }: { readonly stage: string } & StageOutcome,
    how: string,
    dimmed: (text: string) => string,
  ): string => {
    const text = dimmed([how, ...(headline === null ? [] : [headline])].join(' · '));
    const doubts = warnings.length > 0 ? ` · ${style.yellow(warningCount(warnings.length))}` : '';
    return `${resultMark(warnings.length, style)} ${stage}  ${text}${doubts}`;
  };

  const lineFor = (event: RunEvent): string | undefined => {
    switch (event.type) {
      case 'run-started':
        return event.engine === null ? undefined : style.dim(`engine: ${event.engine}`);
      case 'stage-cached':
        return ended(event, 'cached', style.dim);
      case 'stage-queued':
        return undefined;
      case 'stage-waiting':
        return `${style.yellow('…')} ${event.stage}  ${waitingText(event)}`;
      case 'stage-started':
        return `${style.cyan('▶')} ${event.stage}  ${style.dim(event.reasons.map(reasonText).join('; '))}`;
      case 'stage-progress':
        return progressLine(event);
      case 'stage-log':
        return event.level === 'warning'
          ? warningText(event, style, event.stage)
          : style.dim(`  ${event.stage}: ${event.message}`);
      case 'stage-finished':
        return ended(event, durationText(event.seconds), (text) => text);
      case 'stage-failed':
        return failureText(event.stage, event, style);
      case 'stage-skipped':
        return style.dim(`- ${event.stage}  not run: ${event.because}`);
      case 'run-finished':
        return `${event.outcome}: ${countsText(event)} in ${durationText(event.seconds)}`;
    }
  };

  return {
    onEvent(event): void {
      const line = lineFor(event);
      if (line !== undefined) printNotice(line);
      // A later rung of a sweep has stages of the same names, whose bars begin anew.
      if (event.type === 'stage-finished' || event.type === 'stage-failed') tracks.delete(event.stage);
    },
    close: () => Promise.resolve(),
  };
}
