import { describe, expect, it } from 'vitest';
import { deviationOf, meanOf, outcomesOf } from '../../src/sweep/outcome.ts';
import { promoted } from '../../src/sweep/halving.ts';
import { rank } from '../../src/sweep/ranking.ts';
import { executed, trialResult } from './fixtures.ts';

describe('a configuration that is repeated', () => {
  it('is ranked by the mean of its repeats', () => {
    const outcomes = outcomesOf([
      trialResult({ number: 1, seed: 1, repeats: 2, metric: 0.75 }),
      trialResult({ number: 1, seed: 2, repeats: 2, metric: 0.25 }),
      trialResult({ number: 2, seed: 1, repeats: 2, metric: 0.75 }),
      trialResult({ number: 2, seed: 2, repeats: 2, metric: 0.5 }),
    ]);
    expect(outcomes.map(({ number, metric, finished }) => [number, metric, finished])).toEqual([
      [1, 0.5, 2],
      [2, 0.625, 2],
    ]);
    expect(rank(outcomes, 'maximize').map(({ number }) => number)).toEqual([2, 1]);
    expect(promoted(outcomes, 2, 'maximize').map(({ number }) => number)).toEqual([2]);
  });

  it('has no mean if a repeat failed, and is ranked after those that are complete', () => {
    const outcomes = outcomesOf([
      trialResult({ number: 1, seed: 1, repeats: 2, metric: 0.9 }),
      trialResult({ number: 1, seed: 2, repeats: 2, error: 'model: it broke' }),
      trialResult({ number: 2, seed: 1, repeats: 2, metric: 0.1 }),
      trialResult({ number: 2, seed: 2, repeats: 2, metric: 0.2 }),
    ]);
    expect(outcomes[0]).toMatchObject({
      state: 'failed',
      metric: null,
      finished: 1,
      expected: 2,
      error: 'seed=2: model: it broke',
    });
    expect(rank(outcomes, 'maximize').map(({ number }) => number)).toEqual([2, 1]);
    expect(promoted(outcomes, 1, 'maximize').map(({ number }) => number)).toEqual([2]);
  });

  it('is not done before all of its repeats are', () => {
    const [outcome] = outcomesOf([trialResult({ number: 1, seed: 1, repeats: 3, metric: 0.9 })]);
    expect(outcome).toMatchObject({ state: 'interrupted', metric: null });
  });

  it('counts a stage that its repeats share once', () => {
    const corpus = executed('corpus', '/store/corpus', 5);
    const [outcome] = outcomesOf([
      trialResult({ number: 1, seed: 1, repeats: 2, stages: [corpus, executed('model', '/store/a', 2)] }),
      trialResult({ number: 1, seed: 2, repeats: 2, stages: [corpus, executed('model', '/store/b', 3)] }),
    ]);
    expect(outcome).toMatchObject({ executed: 3, seconds: 10 });
  });
});

it('mean and sample standard deviation', () => {
  expect(meanOf([2, 4, 9])).toBe(5);
  // Squares 9 + 1 + 16 = 26, over 3 − 1.
  expect(deviationOf([2, 4, 9])).toBeCloseTo(Math.sqrt(13), 14);
  expect(deviationOf([3])).toBeNull();
  expect(meanOf([2, null])).toBeNull();
  expect(deviationOf([2, null, 4])).toBeNull();
  expect(meanOf([])).toBeNull();
});
