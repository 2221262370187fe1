/** Progress of a sweep: JSON lines, one line per configuration, or a live table on a terminal. */
import { monotonic, timestamp } from '../../../base/clock.ts';
import { outcomesOf } from '../../../sweep/outcome.ts';
import { rank, type Goal } from '../../../sweep/ranking.ts';
import type { SweepReporter } from '../../../sweep/reporter.ts';
import { trialName, type TrialResult } from '../../../sweep/trial.ts';
import { printNotice, printResult, styleFor, useColor } from '../output.ts';
import { durationText, numberText } from '../text.ts';
import { resultMark, warningText } from '../warnings.ts';
import { countText, plannedText, resultText } from '../sweep/sweep-text.ts';
import { liveTable } from './sweep-table.ts';

export function sweepReporter(json: boolean, metric: string | undefined, goal: Goal): SweepReporter {
  if (json) return jsonSweep();
  const live = process.stderr.isTTY && process.stdout.isTTY && !process.env['CI'];
  return live ? liveTable(metric, goal) : linesSweep(metric, goal);
}

function jsonSweep(): SweepReporter {
  const print = (event: object): void => {
    printResult(JSON.stringify({ time: timestamp(), ...event }));
  };
  return {
    onPlan: ({ names }, trials) => {
      print({
        type: 'sweep-planned',
        configurations: trials.map(({ number, configuration, repeat }, index) => ({
          number,
          configuration: configuration.name,
          values: configuration.values,
          ...(repeat.name === '' ? {} : { repeat: repeat.values }),
          stages: Object.fromEntries(names[index]!),
        })),
      });
    },
    onEvent: print,
    onResult: ({ trial, state, metric, seconds, executed, warnings, error }) => {
      const { number, configuration, repeat } = trial;
      print({
        type: 'configuration-finished',
        number,
        configuration: configuration.name,
        ...(repeat.name === '' ? {} : { repeat: repeat.values }),
        state,
        metric,
        seconds,
        executed,
        warnings,
        error,
      });
    },
    close: () => undefined,
  };
}

function linesSweep(metric: string | undefined, goal: Goal): SweepReporter {
  const style = styleFor(useColor(process.stderr));
  const results: TrialResult[] = [];
  const started = monotonic();
  let total = 0;
  let all = 0;
  let repeats = 1;
  return {
    onPlan(combined, trials) {
      repeats = trials[0]?.repeats ?? 1;
      all += trials.length / repeats;
      total = trials.length;
      results.length = 0;
      printNotice(style.dim(plannedText(combined, trials)));
    },
    onRung(rung, budget, configurations) {
      printNotice(style.bold(`rung ${rung + 1}: ${countText(configurations)} with a budget of ${budget}`));
    },
    onEvent(event) {
      if (event.type === 'stage-log' && event.level === 'warning')
        printNotice(warningText(event, style, event.stage));
    },
    onResult(result) {
      results.push(result);
      const mark = {
        done: resultMark(result.warnings, style),
        failed: style.red('✖'),
        interrupted: style.dim('-'),
      }[result.state];
      printNotice(
        `${mark} ${results.length}/${total}  ${trialName(result.trial)}  ${style.dim(resultText(result))}`,
      );
    },
    close() {
      if (all === 0) return;
      const [best] = rank(outcomesOf(results), goal);
      const text = best && best.metric !== null ? ` · best ${metric ?? ''} ${numberText(best.metric)}` : '';
      printNotice(`${countText(all, repeats)} in ${durationText((monotonic() - started) / 1000)}${text}\n`);
    },
  };
}
