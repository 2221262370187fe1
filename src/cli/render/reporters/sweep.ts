/** Progress of a sweep: JSON lines, one line per configuration, or a live table on a terminal. */
import { timestamp } from '../../../base/clock.ts';
import type { Goal } from '../../../sweep/ranking.ts';
import type { SweepReporter } from '../../../sweep/reporter.ts';
import { isTerminal, printResult } from '../output.ts';
import { linesSweep } from './sweep-lines.ts';
import { liveTable } from './sweep-table.ts';

export function sweepReporter(json: boolean, metric: string | undefined, goal: Goal): SweepReporter {
  if (json) return jsonSweep();
  const live = isTerminal('stderr') && isTerminal('stdout') && !process.env['CI'];
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
