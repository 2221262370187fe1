import { numberText } from '../../base/number-text.ts';
import type { Progress } from '../../stage.ts';
import { bytesText, durationText } from './text.ts';

/** Progress of a stage: its rate and remaining time are measured from its first report. */
export interface ProgressTrack {
  /** Takes a report at `time` (milliseconds) and returns the line to show. */
  update(progress: Progress, time: number): string;
}

const BAR_CELLS = 20;
/** Rates over shorter times are too noisy to show. */
const SETTLING_MS = 1_000;

export function trackProgress(): ProgressTrack {
  let first: { readonly done: number; readonly time: number; readonly key: string } | undefined;
  return {
    update(progress, time): string {
      const key = `${progress.unit} ${progress.total ?? ''}`;
      if (first?.key !== key || progress.done < first.done) first = { done: progress.done, time, key };
      const elapsed = time - first.time;
      const perSecond = elapsed < SETTLING_MS ? 0 : ((progress.done - first.done) * 1000) / elapsed;
      return line(progress, perSecond);
    },
  };
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' ? bytesText(value) : `${numberText(Math.round(value))} ${unit}`;
}

function line({ done, total, unit, note }: Progress, perSecond: number): string {
  const parts: string[] = [];
  if (total !== undefined && total > 0) {
    const fraction = Math.min(1, done / total);
    const filled = Math.round(fraction * BAR_CELLS);
    parts.push(`${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${Math.floor(fraction * 100)} %`);
  } else parts.push(amount(done, unit));
  if (perSecond > 0) {
    parts.push(`${amount(perSecond, unit)}/s`);
    if (total !== undefined) parts.push(`${durationText(Math.max(0, total - done) / perSecond)} left`);
  }
  if (note !== undefined) parts.push(note);
  return parts.join(' · ');
}
