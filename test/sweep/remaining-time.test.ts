import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/execute/events.ts';
import type { Combined } from '../../src/sweep/combine.ts';
import { remainingTime, type RemainingTime } from '../../src/sweep/remaining-time.ts';

const combined = {
  spec: {
    stages: ['corpus', 'model#1', 'model#2', 'model#3'].map((name) => ({
      name,
      kind: { name: name === 'corpus' ? 'ingest' : 'train' },
    })),
  },
  original: new Map([1, 2, 3].map((index) => [`model#${index}`, 'model'])),
} as unknown as Combined;

const event = (type: string, stage: string, seconds = 0): RunEvent => ({ type, stage, seconds }) as RunEvent;

function begun(): RemainingTime {
  const remaining = remainingTime();
  remaining.onPlan(combined);
  remaining.onEvent(event('stage-started', 'corpus'), 0);
  remaining.onEvent(event('stage-finished', 'corpus', 2), 2000);
  return remaining;
}

test('nothing is said until a stage of each kind has finished', () => {
  const remaining = begun();
  expect(remaining.seconds(2000)).toBeUndefined();
});

test('what is left takes as long as its like took, one at a time', () => {
  const remaining = begun();
  remaining.onEvent(event('stage-started', 'model#1'), 2000);
  remaining.onEvent(event('stage-finished', 'model#1', 10), 12_000);
  expect(remaining.seconds(12_000)).toBe(20);
  remaining.onEvent(event('stage-started', 'model#2'), 12_000);
  expect(remaining.seconds(16_000)).toBe(16);
  expect(remaining.seconds(30_000)).toBe(10);
});

test('stages that execute at once share the time', () => {
  const remaining = begun();
  for (const name of ['model#1', 'model#2']) remaining.onEvent(event('stage-started', name), 2000);
  for (const name of ['model#1', 'model#2']) remaining.onEvent(event('stage-finished', name, 10), 12_000);
  expect(remaining.seconds(12_000)).toBeCloseTo(10 / (22 / 12), 10);
});

test('cached stages take no time, and what is not run is not waited for', () => {
  const remaining = begun();
  remaining.onEvent(event('stage-started', 'model#1'), 2000);
  remaining.onEvent(event('stage-finished', 'model#1', 10), 12_000);
  remaining.onEvent(event('stage-cached', 'model#2'), 12_000);
  expect(remaining.seconds(12_000)).toBe(5);
  remaining.onEvent(event('stage-skipped', 'model#3'), 12_000);
  expect(remaining.seconds(12_000)).toBe(0);
});
