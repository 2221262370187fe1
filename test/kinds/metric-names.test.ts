import { expect, test } from 'vitest';
import { matchesMetric, metricPatterns } from '../../src/kinds/metric-names.ts';

test('names follow the parameters', () => {
  const metrics = ['queries', '{baselines}/mrr@{cutoffs.mrr}', 'mrr@{cutoffs.mrr}'];
  const patterns = metricPatterns({ metrics }, { baselines: ['bm25', 'random'], cutoffs: { mrr: [5, 10] } });
  expect(patterns).toEqual([
    'queries',
    'bm25/mrr@5',
    'bm25/mrr@10',
    'random/mrr@5',
    'random/mrr@10',
    'mrr@5',
    'mrr@10',
  ]);
});

test('a name can depend on whether a parameter is given', () => {
  const metrics = ['*{metrics?}'];
  expect(metricPatterns({ metrics }, {})).toEqual([]);
  expect(metricPatterns({ metrics }, { metrics: 'm.json' })).toEqual(['*']);
});

test('a star stands for any text, everything else for itself', () => {
  const patterns = ['ann/*', 'loss.epoch_*', 'p@1'];
  const given = ['ann/recall@10', 'loss.epoch_3', 'p@1', 'lossXepoch_3', 'ann', 'p@10'];
  expect(given.map((name) => matchesMetric(patterns, name))).toEqual([true, true, true, false, false, false]);
});

test('a kind that declares nothing may give anything', () => {
  expect(metricPatterns({}, {})).toBeUndefined();
});
