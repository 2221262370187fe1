/**
 * The progress of a sweep as plain lines, for logs and pipes: the stages that execute, as `run` prints them, and a line
 * for each configuration, with the time left.
 */
import { monotonic } from '../../../base/clock.ts';
import { numberText } from '../../../base/number-text.ts';
import { outcomesOf } from '../../../sweep/outcome.ts';
import { rank, type Goal } from '../../../sweep/ranking.ts';
import { remainingTime } from '../../../sweep/remaining-time.ts';
import type { SweepReporter } from '../../../sweep/reporter.ts';
import { trialName, type TrialResult } from '../../../sweep/trial.ts';
import { printNotice, styleFor, useColor } from '../output.ts';
import { countText, leftText, plannedText, resultText } from '../sweep/sweep-text.ts';
import { durationText } from '../text.ts';
import { resultMark } from '../warnings.ts';
import { linesReporter } from './lines.ts';

/** Cached stages would be most of the lines; the configurations say how they ended, and the sweep has its own end. */
const LEFT_OUT = ['run-started', 'stage-cached', 'stage-skipped', 'run-finished'];

export function linesSweep(metric: string | undefined, goal: Goal): SweepReporter {
  const style = styleFor(useColor('stderr'));
  const stages = linesReporter();
  const remaining = remainingTime();
  const results: TrialResult[] = [];
  const started = monotonic();
  let total = 0;
  let repeats = 1;
  /** Configurations over all rungs: planned, and finished in the rungs before. */
  let planned = 0;
  let finished = 0;
  const finishedNow = (): number => outcomesOf(results).filter(({ state }) => state !== 'interrupted').length;

  return {
    onPlan(combined, trials) {
      repeats = trials[0]?.repeats ?? 1;
      planned += trials.length / repeats;
      finished += finishedNow();
      total = trials.length;
      results.length = 0;
      remaining.onPlan(combined);
      printNotice(style.dim(plannedText(combined, trials)));
    },
    onRung(rung, budget, configurations) {
      printNotice(style.bold(`rung ${rung + 1}: ${countText(configurations)} with a budget of ${budget}`));
    },
    onEvent(event) {
      remaining.onEvent(event, monotonic());
      if (!LEFT_OUT.includes(event.type)) stages.onEvent(event);
    },
    onResult(result) {
      results.push(result);
      if (result.state === 'interrupted') return;
      const mark = result.state === 'done' ? resultMark(result.warnings, style) : style.red('✖');
      const left = results.length < total ? leftText(remaining.seconds(monotonic())) : '';
      const text = [resultText(result), ...(left === '' ? [] : [left])].join(' · ');
      printNotice(`${mark} ${results.length}/${total}  ${trialName(result.trial)}  ${style.dim(text)}`);
    },
    close() {
      if (planned === 0) return;
      const outcomes = outcomesOf(results);
      const [best] = rank(outcomes, goal);
      const text = best && best.metric !== null ? ` · best ${metric ?? ''} ${numberText(best.metric)}` : '';
      const done = finished + finishedNow();
      const count = countText(planned, repeats);
      // An error that ends a sweep is no interruption; it is printed after this.
      const why = results.some(({ state }) => state === 'interrupted') ? 'interrupted' : 'stopped';
      const what = done < planned ? `${why}: ${done} of ${count} finished` : count;
      printNotice(`${what} in ${durationText((monotonic() - started) / 1000)}${text}\n`);
    },
  };
}
