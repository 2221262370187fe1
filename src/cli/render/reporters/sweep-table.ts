/** The live table of a sweep: its progress, the running stages, and the best configurations so far. */
import { numberText } from '../../../base/number-text.ts';
import { monotonic } from '../../../base/clock.ts';
import type { Combined } from '../../../sweep/combine.ts';
import { outcomesOf } from '../../../sweep/outcome.ts';
import { rank, type Goal } from '../../../sweep/ranking.ts';
import type { SweepReporter } from '../../../sweep/reporter.ts';
import { trialName, type Trial, type TrialResult } from '../../../sweep/trial.ts';
import { styleFor, useColor } from '../output.ts';
import { trackProgress, type ProgressTrack } from '../progress-text.ts';
import { durationText } from '../text.ts';
import { remainingTime } from '../../../sweep/remaining-time.ts';
import { countText, leftText } from '../sweep/sweep-text.ts';
import { liveArea } from './live-area.ts';

const REDRAW_MS = 250;
const MOST_RUNNING = 8;
const MOST_BEST = 5;

interface Running {
  readonly started: number;
  readonly track: ProgressTrack;
  text: string;
}

export function liveTable(metric: string | undefined, goal: Goal): SweepReporter {
  const style = styleFor(useColor('stderr'));
  const started = monotonic();
  const running = new Map<string, Running>();
  const remaining = remainingTime();
  const results: TrialResult[] = [];
  let owners: ReadonlyMap<string, readonly string[]> = new Map();
  let total = 0;
  let what = 'configurations';
  let rung = '';

  const lines = (): string[] => {
    const count = (state: TrialResult['state']): number =>
      results.filter((one) => one.state === state).length;
    const failed = count('failed') > 0 ? ` · ${style.red(`${count('failed')} failed`)}` : '';
    const doubted = results.filter(({ warnings }) => warnings > 0).length;
    const doubts = doubted > 0 ? ` · ${style.yellow(`! ${doubted} with warnings`)}` : '';
    const left = leftText(remaining.seconds(monotonic()));
    const time = [durationText((monotonic() - started) / 1000), ...(left === '' ? [] : [left])].join(' · ');
    const head = `${rung}${count('done')}/${total} ${what}${failed}${doubts} · ${time}`;
    const shown = [...running].slice(0, MOST_RUNNING).map(([stage, { started: since, text }]) => {
      const names = owners.get(stage) ?? [];
      const whose = names.length === 1 ? names[0]! : `${names.length} configurations`;
      const seconds = style.dim(durationText((monotonic() - since) / 1000));
      return `  ${style.cyan('▶')} ${stage}  ${style.dim(whose)}  ${text}  ${seconds}`;
    });
    const hidden =
      running.size > MOST_RUNNING ? [style.dim(`  … ${running.size - MOST_RUNNING} more running`)] : [];
    const measured = rank(outcomesOf(results), goal).filter((one) => one.metric !== null);
    const best = measured
      .slice(0, MOST_BEST)
      .map((one) => `  ${numberText(one.metric!).padStart(8)}  ${one.configuration.name}`);
    return [
      head,
      ...shown,
      ...hidden,
      ...(best.length > 0 ? [style.dim(`  best ${metric ?? ''}`), ...best] : []),
      ...(measured.length > MOST_BEST ? [style.dim(`  … ${measured.length - MOST_BEST} more finished`)] : []),
    ];
  };
  const area = liveArea(lines);
  const timer = setInterval(area.draw, REDRAW_MS);

  return {
    onPlan(combined, trials) {
      total = trials.length;
      const repeats = trials[0]?.repeats ?? 1;
      what = repeats === 1 ? 'configurations' : `of ${countText(total / repeats, repeats)}`;
      results.length = 0;
      remaining.onPlan(combined);
      owners = ownersOf(combined, trials);
    },
    onRung(index, budget) {
      rung = `rung ${index + 1}, budget ${budget}: `;
    },
    onEvent(event) {
      remaining.onEvent(event, monotonic());
      if (event.type === 'stage-started')
        running.set(event.stage, { started: monotonic(), track: trackProgress(), text: '' });
      else if (event.type === 'stage-progress') {
        const work = running.get(event.stage);
        if (work) work.text = work.track.update(event, monotonic());
      } else if (
        event.type === 'stage-finished' ||
        event.type === 'stage-failed' ||
        event.type === 'stage-skipped'
      )
        running.delete(event.stage);
    },
    onResult(result) {
      results.push(result);
    },
    close() {
      clearInterval(timer);
      area.close();
    },
  };
}

/** Stage → names of the configurations that it belongs to. */
function ownersOf({ names }: Combined, trials: readonly Trial[]): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [index, own] of names.entries())
    for (const stage of own.values()) {
      const list = owners.get(stage) ?? [];
      list.push(trialName(trials[index]!));
      owners.set(stage, list);
    }
  return owners;
}
