import { describe, expect, it } from 'vitest';
import { afterEvents, startOf } from '../../../src/page/app/pages/live/progress.ts';
import { sweepProgress } from '../../../src/page/app/pages/live/sweep-progress.ts';
import type { LiveEvent, LiveSweep } from '../../../src/page/views/live-view.ts';

const stage = (name: string): { name: string; kind: string; inputs: Record<string, string[]> } => ({
  name,
  kind: 'command',
  inputs: {},
});
const START = startOf(['data', 'report#1', 'report#2', 'report#3'].map(stage));
const trial = (configuration: string, report: string): LiveSweep['trials'][number] => ({
  configuration,
  stages: { data: 'data', report },
});
const SWEEP: LiveSweep = {
  id: 'sweep',
  metric: { name: 'report.mrr', stage: 'report', ofStage: 'mrr' },
  goal: 'maximize',
  rung: null,
  trials: [trial('a', 'report#1'), trial('a', 'report#2'), trial('b', 'report#3')],
};

const event = (type: string, name: string, fields: Partial<LiveEvent> = {}): LiveEvent => ({
  time: '2026-01-31T00:00:00.000Z',
  type,
  stage: name,
  ...fields,
});
const finished = (name: string, mrr: number): LiveEvent =>
  event('stage-finished', name, { metrics: { mrr } });
const after = (...events: LiveEvent[]): ReturnType<typeof sweepProgress> =>
  sweepProgress(SWEEP, afterEvents(START, events).stages);

describe('a running sweep', () => {
  it('has what all configurations share once, and each with its own stages', () => {
    const { shared, configurations } = after();
    expect(shared.map(({ name }) => name)).toEqual(['data']);
    expect(configurations.map(({ name, stages }) => [name, stages.map((one) => one.name)])).toEqual([
      ['a', ['report#1', 'report#2']],
      ['b', ['report#3']],
    ]);
  });

  it('ranks by the mean of the repeats that are done, cached ones too; the rest follows', () => {
    const data = event('stage-cached', 'data');
    const some = after(data, finished('report#3', 0.4), event('stage-started', 'report#1'));
    expect(some.configurations).toMatchObject([
      { name: 'b', status: 'done', metric: 0.4, done: 1, repeats: 1 },
      { name: 'a', status: 'running', metric: null, done: 0, repeats: 2 },
    ]);
    const cached = event('stage-cached', 'report#2', { metrics: { mrr: 0.9 } });
    const all = after(data, finished('report#3', 0.4), finished('report#1', 0.5), cached);
    expect(all.configurations).toMatchObject([
      { name: 'a', status: 'done', metric: 0.7, done: 2 },
      { name: 'b', metric: 0.4 },
    ]);
  });

  it('takes a metric for a result only when its trial is done, and says what failed', () => {
    const { configurations } = after(finished('report#3', 0.4), event('stage-failed', 'report#1'));
    expect(configurations).toMatchObject([
      { name: 'b', status: 'waiting', metric: null },
      { name: 'a', status: 'failed' },
    ]);
  });
});
