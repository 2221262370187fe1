import { timestamp } from '../../base/clock.ts';
import { printResult } from '../output.ts';
import type { Reporter } from './reporter.ts';

/** NDJSON: one event a line on stdout, each with the time at which it was seen. */
export function jsonReporter(): Reporter {
  return {
    onEvent(event): void {
      printResult(JSON.stringify({ time: timestamp(), ...event }));
    },
    close: () => Promise.resolve(),
  };
}
