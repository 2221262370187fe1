/**
 * The line that shows a stage's progress: a bar, the rate, the time left, a note. The bar never goes back, whatever the
 * stage reports; a part of the work beside the main count, such as a validation, has a percentage of its own.
 */
import type { Progress } from '../../stage.ts';
import { bytesText, durationText, numberText } from './text.ts';

export interface ProgressTrack {
  /** Takes a report at `time` (milliseconds) and returns the line to show. */
  update(progress: Progress, time: number): string;
}

const BAR_CELLS = 20;
/** Rates over shorter times are too noisy to show. */
const SETTLING_MS = 1_000;

interface Count {
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
}

/** One count from its first report on. It ends where the unit or the total changes, or the count starts again. */
interface Phase {
  readonly key: string;
  readonly first: { readonly done: number; readonly time: number };
  last: number;
}

function follow(phase: Phase | undefined, key: string, { done }: Count, time: number): Phase {
  if (phase?.key !== key || done < phase.last) return { key, first: { done, time }, last: done };
  phase.last = done;
  return phase;
}

/** Units per second; 0 while it is too early to say. */
function rateOf({ first }: Phase, { done }: Count, milliseconds: number): number {
  return milliseconds < SETTLING_MS ? 0 : ((done - first.done) * 1000) / milliseconds;
}

function fractionOf({ done, total }: Count): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, done / total));
}

/** Seconds; undefined where it cannot be estimated. */
function left({ done, total }: Count, perSecond: number): number | undefined {
  return total === undefined || perSecond <= 0 ? undefined : Math.max(0, total - done) / perSecond;
}

export function trackProgress(): ProgressTrack {
  let main: Phase | undefined;
  let part: (Phase & { readonly label: string }) | undefined;
  /** Milliseconds that finished parts of the main phase took. */
  let aside = 0;
  let furthest = 0;

  const followPart = (progress: Progress, time: number): void => {
    const now = progress.part;
    const before = part;
    if (!now) part = undefined;
    else {
      const phase = follow(part, `${now.label} ${keyOf(now)}`, now, time);
      part = Object.assign(phase, { label: now.label });
    }
    if (before && before !== part) aside += time - before.first.time;
  };

  return {
    update(progress, time): string {
      const next = follow(main, keyOf(progress), progress, time);
      if (next !== main) {
        main = next;
        part = undefined;
        aside = 0;
      }
      followPart(progress, time);
      const fraction = fractionOf(progress);
      furthest = Math.max(furthest, fraction ?? 0);
      const until = part ? part.first.time : time;
      const elapsed = until - next.first.time;
      const rate = rateOf(next, progress, elapsed - aside);
      // The time left counts the parts in: what is left has as many of them as what is done.
      const remaining = left(progress, rateOf(next, progress, elapsed));
      const texts = [
        fraction === undefined ? amount(progress.done, progress.unit) : bar(furthest),
        ...(part && progress.part
          ? partTexts(progress.part, rateOf(part, progress.part, time - part.first.time), remaining)
          : rateTexts(progress.unit, rate, remaining)),
        ...(progress.note === undefined ? [] : [progress.note]),
        // A later phase that is not as far as the bar.
        ...(fraction !== undefined && fraction < furthest ? [percent(fraction)] : []),
      ];
      return texts.join(' · ');
    },
  };
}

const keyOf = ({ unit, total }: Count): string => `${unit} ${total ?? ''}`;

const percent = (fraction: number): string => `${Math.floor(fraction * 100)} %`;

function bar(fraction: number): string {
  const filled = Math.round(fraction * BAR_CELLS);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${percent(fraction)}`;
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' ? bytesText(value) : `${numberText(Math.round(value))} ${unit}`;
}

function rateTexts(unit: string, perSecond: number, seconds: number | undefined): string[] {
  return [
    ...(perSecond > 0 ? [`${amount(perSecond, unit)}/s`] : []),
    ...(seconds === undefined ? [] : [`${durationText(seconds)} left`]),
  ];
}

/** `validation 40 % · 120 texts/s · 3 min 05 s left`: the time left is that of the whole stage. */
function partTexts(
  part: NonNullable<Progress['part']>,
  perSecond: number,
  remaining: number | undefined,
): string[] {
  const fraction = fractionOf(part);
  const state = fraction === undefined ? amount(part.done, part.unit) : percent(fraction);
  const own = left(part, perSecond);
  const whole = remaining === undefined || own === undefined ? undefined : remaining + own;
  return [`${part.label} ${state}`, ...rateTexts(part.unit, perSecond, whole)];
}
