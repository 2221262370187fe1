import { timestamp } from '../../../base/clock.ts';
import type { PipelineError } from '../../../base/diagnostic.ts';
import type { EventLine, RunEvent, RunRefused } from '../../../execute/events.ts';
import { diagnosticJson } from '../diagnostic-json.ts';
import { printResult } from '../output.ts';
import type { Reporter } from './reporter.ts';

/** JSON lines on stdout: one event per line, with the time at which it was received. */
export function jsonReporter(): Reporter {
  return {
    onEvent(event): void {
      printLine(event);
    },
    close: () => Promise.resolve(),
  };
}

function printLine(event: RunEvent | RunRefused): void {
  const line: EventLine = { time: timestamp(), ...event };
  printResult(JSON.stringify(line));
}

/** Tells a program that reads the events why there are none. */
export function printRefusal({ code, message, hint, diagnostics }: PipelineError): void {
  printLine({
    type: 'run-refused',
    code,
    message,
    hint: hint ?? null,
    diagnostics: diagnostics.map(diagnosticJson),
  });
}
