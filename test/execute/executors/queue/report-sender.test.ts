import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskReport } from '../../../../src/execute/executors/queue/protocol.ts';
import { reportSender, type ReportSender } from '../../../../src/execute/executors/queue/report-sender.ts';
import type { JobEvent } from '../../../../src/execute/executor.ts';

const line = (message: string): JobEvent => ({ type: 'log', level: 'info', message });
const progress = (done: number): JobEvent => ({ type: 'progress', done, unit: 'rows' });
const STARTED: JobEvent = { type: 'started', log: '/log' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function sender(): { readonly reports: TaskReport[]; readonly sender: ReportSender } {
  const reports: TaskReport[] = [];
  const send = (report: TaskReport): Promise<void> => {
    reports.push(report);
    return Promise.resolve();
  };
  return { reports, sender: reportSender({ worker: 'w', sameFolder: true }, send) };
}

describe('reports of a task', () => {
  it('begin after a moment, and then come a few a second', async () => {
    const { reports, sender: own } = sender();
    own.add(STARTED);
    await vi.advanceTimersByTimeAsync(49);
    expect(reports).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(reports).toEqual([{ worker: 'w', sameFolder: true, started: true, events: [STARTED] }]);
    for (let count = 0; count < 50; count++) own.add(line(String(count)));
    await vi.advanceTimersByTimeAsync(50);
    expect(reports).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(reports).toHaveLength(2);
    expect(reports[1]!.events).toHaveLength(50);
  });

  it('hold only the latest progress', async () => {
    const { reports, sender: own } = sender();
    own.add(progress(1));
    own.add(line('a'));
    own.add(progress(2));
    await vi.advanceTimersByTimeAsync(50);
    expect(reports[0]!.events).toEqual([line('a'), progress(2)]);
  });

  it('say how many lines they leave out', async () => {
    const { reports, sender: own } = sender();
    for (let count = 0; count < 1000; count++) own.add(line(String(count)));
    await vi.advanceTimersByTimeAsync(50);
    expect(reports[0]!.events).toHaveLength(201);
    expect(reports[0]!.events.at(-1)).toMatchObject({ message: "… 800 lines are only in the worker's log" });
  });

  it('end with what was not sent yet', () => {
    const { reports, sender: own } = sender();
    own.add(STARTED);
    own.add(line('last'));
    expect(own.end().events).toEqual([STARTED, line('last')]);
    vi.runAllTimers();
    expect(reports).toEqual([]);
  });
});
