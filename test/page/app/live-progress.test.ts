import { expect, it } from 'vitest';
import { afterEvents, startOf } from '../../../src/page/app/pages/live/progress.ts';
import type { LiveEvent } from '../../../src/page/views/live-view.ts';

const event = (type: string, fields: Partial<LiveEvent> = {}): LiveEvent => ({
  time: '2026-01-31T00:00:00.000Z',
  type,
  stage: 'model',
  ...fields,
});

it('follows a stage from waiting to its end, and takes the numbers of its notes as a curve', () => {
  const begun = startOf([{ name: 'model', kind: 'train', inputs: {} }]);
  const running = afterEvents(begun, [
    event('stage-started', { reasons: ['has not run before'] }),
    event('stage-progress', { done: 100, total: 200, unit: 'triplets', note: 'epoch 1/2 · loss 0.9000' }),
    event('stage-progress', { done: 200, total: 200, unit: 'triplets', note: 'epoch 2/2 · loss 0.5' }),
  ]);
  expect(running.stages[0]).toMatchObject({
    status: 'running',
    reasons: ['has not run before'],
    points: [
      { name: 'loss', x: 100, y: 0.9 },
      { name: 'loss', x: 200, y: 0.5 },
    ],
  });
  const ended = afterEvents(running, [
    event('stage-finished', { seconds: 2, headline: 'loss 0.5' }),
    event('run-finished', { outcome: 'done', seconds: 3 }),
  ]);
  expect(ended).toMatchObject({
    outcome: 'done',
    seconds: 3,
    stages: [{ status: 'executed', result: 'loss 0.5' }],
  });
});

it('a second attempt begins its curve anew, and a failure says why', () => {
  const begun = startOf([{ name: 'model', kind: 'train', inputs: {} }]);
  const { stages } = afterEvents(begun, [
    event('stage-started'),
    event('stage-progress', { done: 1, note: 'loss 3' }),
    event('stage-started'),
    event('stage-failed', { message: 'out of memory' }),
  ]);
  expect(stages[0]).toMatchObject({ status: 'failed', result: 'out of memory', points: [] });
});
