import { expect, it } from 'vitest';
import { reportTable } from '../../../src/cli/render/report-tables.ts';

it('shows a report with one column a system and one row a measure', () => {
  const text = reportTable({
    queries: 1422,
    'mrr@10': 0.61234,
    'mrr@10_low': 0.59,
    'mrr@10_high': 0.634,
    'candidates/mrr': 0.9,
    'bm25/mrr@10': 0.487,
    'bm25/candidates/mrr': 0.634,
    'bm25/p_value': 0.0001,
    'random/mrr@10': 0,
    'ann/p50_ms': 0.1251,
  });
  expect(text).toBe(
    [
      '                       model    bm25  random   ann',
      'queries                1,422',
      'mrr@10                0.6123  0.4870  0.0000',
      'mrr@10 interval  0.590–0.634',
      'candidates/mrr        0.9000  0.6340',
      'p_value                       0.0001',
      'p50_ms                                        0.13',
    ].join('\n'),
  );
});
