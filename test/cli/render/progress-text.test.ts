import { expect, it } from 'vitest';
import { trackProgress } from '../../../src/cli/render/progress-text.ts';
import type { Progress } from '../../../src/stage.ts';

const percentOf = (line: string): number => Number(/[█░] (\d+) %/.exec(line)![1]);

/** A second a report. */
function lines(reports: readonly Progress[]): string[] {
  const track = trackProgress();
  return reports.map((report, second) => track.update(report, second * 1_000));
}

it('the bar of a training stands still while a validation counts its own texts', () => {
  const triplets = (done: number): Progress => ({ done, total: 1_000, unit: 'triplets' });
  const validation = (done: number): Progress => ({
    ...triplets(440),
    part: { label: 'validation', done, total: 200, unit: 'texts' },
  });
  const shown = lines([triplets(430), triplets(440), validation(50), validation(150), triplets(450)]);
  expect(shown.map(percentOf)).toEqual([43, 44, 44, 44, 45]);
  expect(shown.map((line) => /validation \d+ %/.exec(line)?.[0])).toEqual([
    undefined,
    undefined,
    'validation 25 %',
    'validation 75 %',
    undefined,
  ]);
  expect(shown[3]).toContain('100 texts/s');
});

it('the time left counts on validations like those that there were, and the rate does not', () => {
  const report = (done: number): Progress => ({ done, total: 400, unit: 'triplets' });
  const validating = (done: number): Progress => ({
    ...report(100),
    part: { label: 'validation', done, total: 10, unit: 'texts' },
  });
  const track = trackProgress();
  track.update(report(0), 0);
  track.update(report(100), 10_000);
  expect(track.update(validating(0), 10_000)).not.toContain('texts/s');
  // 300 triplets at 10 a second, and 5 texts at one a second.
  expect(track.update(validating(5), 15_000)).toContain('35 s left');
  track.update(validating(10), 20_000);
  // 100 triplets took 20 seconds with their validation: 10 a second, and 60 seconds for the rest.
  const after = track.update(report(100), 20_000);
  expect(after).toContain('10 triplets/s');
  expect(after).toContain('1 min 00 s left');
});

it('never goes back, whatever a stage reports: a later phase has a percentage beside the bar', () => {
  const shown = lines([
    { done: 60, total: 100, unit: 'rows' },
    { done: 50, total: 100, unit: 'rows' },
    { done: 1, total: 10, unit: 'files', note: 'writing' },
    { done: 9, total: 10, unit: 'files', note: 'writing' },
  ]);
  expect(shown.map(percentOf)).toEqual([60, 60, 60, 90]);
  expect(shown[2]).toMatch(/writing · 10 %$/);
  expect(shown[3]).toMatch(/writing$/);
});

it('without a total, shows what was counted', () => {
  expect(lines([{ done: 12_000, unit: 'rows' }])).toEqual(['12,000 rows']);
});
