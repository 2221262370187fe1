import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/execute/events.ts';
import { begunRuns, eventsFile } from '../../src/history/run-events.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import type { Combined } from '../../src/sweep/combine.ts';
import { sweepEvents, type SweepEvents } from '../../src/sweep/record-events.ts';
import type { Trial } from '../../src/sweep/trial.ts';
import { emptyStore } from '../history/records.ts';

const RUN = '20260131T000000Z-0000001';

function begin(layout: StoreLayout, seen: RunEvent[] = []): SweepEvents {
  const sweep = { id: RUN, metric: 'report.mrr', goal: 'maximize', rung: null } as const;
  const events = sweepEvents(layout, { run: RUN, started: '2026-01-31T00:00:00.000Z', sweep }, (event) =>
    seen.push(event),
  );
  const combined = {
    spec: { name: 'demo', file: '/demo.yaml', stages: [] },
    names: [new Map([['report', 'report#1']])],
  };
  const trial = { configuration: { name: 'margin=0.2' } };
  events.plan(combined as unknown as Combined, [trial as unknown as Trial]);
  return events;
}

const started: RunEvent = {
  type: 'run-started',
  format: 1,
  run: RUN,
  spec: 'demo',
  stages: ['report#1'],
  engine: null,
};
const skipped: RunEvent = { type: 'stage-skipped', stage: 'report#1', because: 'it was stopped' };

describe('the events of a sweep', () => {
  it('are recorded from the first, with its configurations, while it runs', () => {
    const layout = emptyStore();
    const seen: RunEvent[] = [];
    const events = begin(layout, seen);
    events.emit(started);
    expect(begunRuns(layout)).toEqual([]);
    events.emit(skipped);
    expect(begunRuns(layout)).toMatchObject([
      { run: RUN, sweep: { trials: [{ configuration: 'margin=0.2', stages: { report: 'report#1' } }] } },
    ]);
    const lines = readFileSync(eventsFile(layout, RUN), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as RunEvent).type)).toEqual(seen.map(({ type }) => type));
    events.close();
    expect(begunRuns(layout)).toEqual([]);
  });

  it('are not where everything is cached', () => {
    const layout = emptyStore();
    const events = begin(layout);
    events.emit(started);
    events.close();
    expect(() => readFileSync(eventsFile(layout, RUN))).toThrow('ENOENT');
  });
});
