import { expect, test } from 'vitest';
import type { Spec } from '../../src/spec/spec.ts';
import { metricFault, missingMetric } from '../../src/sweep/metric-check.ts';
import { stage as evaluate } from '../../stages/evaluate/kind.ts';
import { completeParams } from '../helpers/run-kind.ts';
import { executed } from './fixtures.ts';

const specWith = (parameters: object, name = 'report', group?: string): Spec =>
  ({
    stages: [
      {
        name,
        ...(group === undefined ? {} : { group }),
        kind: { name: 'evaluate', declaration: evaluate },
        with: completeParams(evaluate, parameters as never),
      },
    ],
  }) as unknown as Spec;

test.each(['mrr@10', 'bm25/ndcg@10', 'fused/recall@100', 'candidates/p@1', 'mrr@10_low', 'ann/recall@10'])(
  'a report gives %s',
  (name) => {
    expect(metricFault(`report.${name}`, [specWith({})])).toBeUndefined();
  },
);

test('a misspelt metric and a cut-off that no configuration has are found before anything runs', () => {
  expect(metricFault('report.mrr@1', [specWith({})])).toEqual({
    message: "the stage 'report' gives no metric 'mrr@1'",
    hint: "Did you mean 'report.mrr@10'?",
  });
  const wider = specWith({ cutoffs: { mrr: [1] } });
  expect(metricFault('report.mrr@1', [specWith({}), wider])).toBeUndefined();
  expect(metricFault('report.random/mrr@10', [specWith({ baselines: ['bm25'] })])?.message).toBe(
    "the stage 'report' gives no metric 'random/mrr@10'",
  );
});

test('of a matrix, one instance has to be named', () => {
  const spec = specWith({}, 'report[seed=1]', 'report');
  expect(metricFault('report.mrr@10', [spec])?.message).toContain('name one of its instances');
  expect(metricFault('report[seed=1].mrr@10', [spec])).toBeUndefined();
});

test('where a kind declares nothing, the first result decides', () => {
  const result = { state: 'done' as const, stages: [executed('report', '/r', 1, { score: 1, count: 2 })] };
  expect(missingMetric(result, 'report.score')).toBeUndefined();
  expect(missingMetric(result, 'report.scroe')).toMatchObject({
    message: "the stage 'report' has no numeric metric 'scroe'",
    hint: "Did you mean 'report.score'?",
  });
  expect(missingMetric({ ...result, state: 'failed' }, 'report.scroe')).toBeUndefined();
});
