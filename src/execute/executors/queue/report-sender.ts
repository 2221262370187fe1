/**
 * What happens in a task, on its way to the coordinator: several events in one report, since each report is a round trip,
 * and a stage may print thousands of lines a second. A stage that ends at once needs no report but the last.
 */
import { monotonic } from '../../../base/clock.ts';
import type { JobEvent } from '../../executor.ts';
import type { TaskReport } from './protocol.ts';

const INTERVAL_MS = 100;
/** Before the first report. */
const FIRST_MS = 50;
/** More lines than this in one interval are left out; the log in the worker's store has them. */
const MOST_EVENTS = 200;

export interface ReportSender {
  add(event: JobEvent): void;
  /** Sends nothing more, and returns what is still to be told. */
  end(): TaskReport;
}

export function reportSender(
  fixed: Pick<TaskReport, 'worker' | 'sameFolder'>,
  send: (report: TaskReport) => Promise<void>,
): ReportSender {
  let events: JobEvent[] = [];
  let omitted = 0;
  let started = false;
  let ended = false;
  let last = monotonic() + FIRST_MS - INTERVAL_MS;
  let timer: NodeJS.Timeout | undefined;
  let isSending = false;

  const takeAll = (): TaskReport => {
    const told: JobEvent[] =
      omitted === 0
        ? events
        : [
            ...events,
            { type: 'log', level: 'info', message: `… ${omitted} lines are only in the worker's log` },
          ];
    events = [];
    omitted = 0;
    return { ...fixed, started, events: told };
  };
  const flush = async (): Promise<void> => {
    timer = undefined;
    if (isSending || ended || events.length === 0) return;
    isSending = true;
    last = monotonic();
    // A report that does not arrive is missed by nobody but the person who watches.
    await send(takeAll()).catch(() => undefined);
    isSending = false;
    plan();
  };
  const plan = (): void => {
    if (timer || isSending || ended || events.length === 0) return;
    timer = setTimeout(() => void flush(), Math.max(0, last + INTERVAL_MS - monotonic()));
  };
  return {
    add(event) {
      started ||= event.type === 'started';
      if (event.type === 'progress') events = events.filter(({ type }) => type !== 'progress');
      if (events.length < MOST_EVENTS || event.type !== 'log') events.push(event);
      else omitted += 1;
      plan();
    },
    end() {
      ended = true;
      clearTimeout(timer);
      return takeAll();
    },
  };
}
