import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import { bootstrapIntervals } from '../../src/retrieval/significance.ts';
import { rowsOf, type Figure } from '../../src/sweep/figures.ts';
import { outcomesOf } from '../../src/sweep/outcome.ts';
import type { TrialResult } from '../../src/sweep/trial.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { executed, executedStore, trialResult } from './fixtures.ts';

type Scores = readonly (number | '')[];

/** A report's artifact over queries q0, q1 … with the mean of `scores` as its mrr. */
function report(scores: Scores, { names, text }: { names?: readonly string[]; text?: string } = {}) {
  const folder = join(temporaryFolder(), 'report');
  mkdirSync(folder);
  const lines = scores.map((score, i) => `${names?.[i] ?? `q${i}`}\t${score}`);
  writeFileSync(join(folder, 'per_query.tsv'), text ?? `query\tmodel/mrr\n${lines.join('\n')}\n`);
  const numbers = scores.filter((score) => score !== '');
  const mrr = numbers.reduce((sum, score) => sum + score, 0) / numbers.length;
  return executed('report', folder, 0, { mrr });
}

const trial = (
  number: number,
  seed: number,
  repeats: number,
  stage: ReturnType<typeof report>,
): TrialResult =>
  trialResult({
    number,
    seed,
    repeats,
    stages: [stage],
    metric: (stage.end as unknown as { artifact: { manifest: { metrics: { mrr: number } } } }).artifact
      .manifest.metrics.mrr,
  });

async function figures(results: readonly TrialResult[], baseline?: number): Promise<Figure[]> {
  const rows = await rowsOf(executedStore, outcomesOf(results), 'report.mrr', [], baseline);
  return rows.map(({ metric }) => metric!);
}

describe('a row of the table', () => {
  it('has the mean, the deviation, and the interval over the queries of their means', async () => {
    const [figure] = await figures([
      trial(1, 1, 2, report([0, 0.5, 1, 1])),
      trial(1, 2, 2, report([0.5, 0.5, 0, 0.5])),
    ]);
    expect(figure).toMatchObject({ values: [0.625, 0.375], mean: 0.5, queries: 4 });
    // Each is 0.125 from the mean: √(2 · 0.125² / 1).
    expect(figure!.deviation).toBeCloseTo(0.125 * Math.SQRT2, 14);
    const perQuery = Float64Array.from([0.25, 0.5, 0.5, 0.75]);
    const settings = { samples: 1000, confidence: 0.95 };
    expect(figure!.interval).toEqual(bootstrapIntervals([perQuery], settings, random(42, 'bootstrap'))[0]);
  });

  it('is tested against the baseline by the means of each query', async () => {
    // Means 0.25 each against 0.5, 0.5, 0.5, 0.25: three queries differ, all the same way, of 2³ patterns two are as far.
    const [base, other] = await figures(
      [
        trial(1, 1, 2, report([0.5, 0, 0.5, 0])),
        trial(1, 2, 2, report([0, 0.5, 0, 0.5])),
        trial(2, 1, 2, report([1, 0, 0.5, 0.25])),
        trial(2, 2, 2, report([0, 1, 0.5, 0.25])),
      ],
      1,
    );
    expect(base).toMatchObject({ difference: null, differenceDeviation: null, p: null });
    // 0.4375 − 0.25 with either seed.
    expect(other!.differenceDeviation).toBeCloseTo(0, 14);
    expect(other!.difference).toBeCloseTo(0.1875, 14);
    expect(other!.p).toBe(2 / 8);
  });

  it('leaves out queries without a value', async () => {
    const [figure] = await figures([trial(1, 1, 1, report([0.5, '', 1]))]);
    expect(figure).toMatchObject({ mean: 0.75, queries: 2, deviation: null });
  });

  it('has a difference and no p if the queries differ', async () => {
    const [, other] = await figures(
      [trial(1, 1, 1, report([0, 1])), trial(2, 1, 1, report([1, 1], { names: ['q0', 'q7'] }))],
      1,
    );
    expect(other).toMatchObject({ difference: 0.5, p: null, queries: 2 });
  });

  it.each<[string, Parameters<typeof report>[1]]>([
    ['repeats have other queries', { names: ['q0', 'q7'] }],
    ['a repeat has no such column', { text: 'query\tbm25/mrr\nq0\t1\nq1\t1\n' }],
    ['the column is not what the metric is the mean of', { text: 'query\tmodel/mrr\nq0\t0\nq1\t1\n' }],
    ['the file is something else', { text: 'anything\n' }],
  ])('has no interval where %s', async (_, other) => {
    const [figure] = await figures([trial(1, 1, 2, report([0, 1])), trial(1, 2, 2, report([1, 1], other))]);
    expect(figure).toMatchObject({ mean: 0.75, interval: null, queries: null });
  });

  it('has no mean if a repeat failed, but keeps its values', async () => {
    const failed = trialResult({ number: 1, seed: 2, repeats: 2, error: 'report: no' });
    const [figure] = await figures([trial(1, 1, 2, report([0, 1])), failed]);
    expect(figure).toMatchObject({ values: [0.5, null], mean: null, deviation: null, interval: null });
  });

  it('of another rung than the baseline is not compared with it', async () => {
    const outcomes = outcomesOf([trial(1, 1, 1, report([0, 1])), trial(2, 1, 1, report([1, 1]))]);
    const rungs = outcomes.map((one, rung) => ({ ...one, rung }));
    const rows = await rowsOf(executedStore, rungs, 'report.mrr', [], 1);
    expect(rows[1]!.metric).toMatchObject({
      mean: 1,
      difference: null,
      p: null,
    });
  });
});
