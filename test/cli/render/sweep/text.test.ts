import { expect, test } from 'vitest';
import { bestYaml, sweepText } from '../../../../src/cli/render/sweep/text.ts';
import type { SweepRequest } from '../../../../src/spec/sweep/request-types.ts';
import { rowsOf } from '../../../../src/sweep/figures.ts';
import { outcomesOf } from '../../../../src/sweep/outcome.ts';
import type { TrialResult } from '../../../../src/sweep/trial.ts';
import { executed, executedStore, trialResult } from '../../../sweep/fixtures.ts';

const request: SweepRequest = {
  metric: 'report.mrr',
  goal: 'maximize',
  columns: [],
  grid: [],
  experiments: [],
  repeat: [],
};

const done = (number: number, seed: number, metric: number): TrialResult =>
  trialResult({
    number,
    seed,
    repeats: 2,
    metric,
    stages: [executed('report', `/${number}${seed}`, 1, { mrr: metric })],
  });
const stopped = (number: number, seed: number): TrialResult => ({
  ...trialResult({ number, seed, repeats: 2 }),
  state: 'interrupted',
});

test('an interrupted sweep ranks only what finished, and names the rest', async () => {
  // The one repeat of c2 is the best of all, but the other one is missing.
  const outcomes = outcomesOf([
    done(1, 1, 0.2),
    done(1, 2, 0.4),
    done(2, 1, 0.9),
    stopped(2, 2),
    stopped(3, 1),
    stopped(3, 2),
  ]);
  const rows = await rowsOf(executedStore, outcomes, 'report.mrr', []);
  const text = sweepText(rows, request);
  expect(text).toMatch(/^1 +0\.3000 .* c1 /m);
  expect(text).not.toMatch(/^[23] /m);
  expect(text).toContain(
    [
      'interrupted: 1 of 3 configurations finished',
      'not finished, so not ranked: c2 (1 of 2 repeats), c3',
      'The same command finishes them.',
    ].join('\n'),
  );
  expect(bestYaml(outcomes, request, 's.yaml')).toContain(
    '# The best of 1 finished of 3 configurations by report.mrr: 0.3000, the mean of 2 repeats',
  );
});

test('nothing is ranked where nothing finished', async () => {
  const outcomes = outcomesOf([stopped(1, 1), stopped(1, 2)]);
  const rows = await rowsOf(executedStore, outcomes, 'report.mrr', []);
  expect(sweepText(rows, request).split('\n')[0]).toBe('interrupted: 0 of 1 configuration finished');
});
