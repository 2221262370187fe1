/** Measures within the candidate pools, and which pools count. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, tokensArtifact, tokensOf, type SmallQuery } from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

const DOCUMENTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const test = (query: Omit<SmallQuery, 'text' | 'split'>): SmallQuery => ({
  text: 'a',
  split: 'test',
  ...query,
});
const QUERIES: readonly SmallQuery[] = [
  // Ranked 0, 1, 2, 3, 4; the relevant ones at 2, 3 and 5 of five.
  test({ relevant: { 1: 1, 2: 1, 4: 1 }, candidates: [4, 3, 2, 1, 0] }),
  // Ranked 0, 2, 5; the relevant one at 1.
  test({ relevant: { 0: 1, 1: 1 }, candidates: [0, 2, 5] }),
  // Only relevant candidates.
  test({ relevant: { 2: 1, 3: 1 }, candidates: [2, 3] }),
  // A relevant document, but not among the candidates.
  test({ relevant: { 5: 1 }, candidates: [0, 1] }),
  // No relevant document at all.
  test({ relevant: {}, candidates: [0, 1, 2] }),
  // No candidates.
  test({ relevant: { 0: 1 } }),
];

/** Every query ranks the documents in their order. */
async function evaluate(params: JsonObject = {}): Promise<KindRun> {
  const angles = DOCUMENTS.map((_, i) => 0.1 * i);
  const documents = {
    rows: 6,
    columns: 2,
    data: Float32Array.from(angles.flatMap((a) => [Math.cos(a), Math.sin(a)])),
  };
  const queries = { rows: 6, columns: 2, data: Float32Array.from(QUERIES.flatMap(() => [1, 0])) };
  return runKind(stage, {
    params,
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(tokensOf(DOCUMENTS, QUERIES)),
      embeddings: embeddingsArtifact(documents, queries),
    },
  });
}

const textOf = (run: KindRun, file: string): string => readFileSync(join(run.artifact.path, file), 'utf8');

describe('within the candidates', () => {
  const first = (1 / 2 + 2 / 3 + 3 / 5) / 3;

  it('MAP is the mean over queries of the average precision in the pool, as computed by hand', async () => {
    const { metrics } = await evaluate();
    expect(metrics!['candidates/map']).toBeCloseTo((first + 1 + 1) / 3, 12);
    expect(metrics!['candidates/mrr']).toBeCloseTo((1 / 2 + 1 + 1) / 3, 12);
    // One relevant of three: (1 + 1/2 + 1/3) / 3. Three of five: Σ (1 + (r − 1)(3 − 1)/(5 − 1)) / r / 5.
    const ofThree = (1 + 1 / 2 + 1 / 3) / 3;
    const ofFive = [1, 2, 3, 4, 5].reduce((sum, r) => sum + (1 + (r - 1) / 2) / r, 0) / 5;
    expect(metrics!['random/candidates/map']).toBeCloseTo((ofFive + ofThree + 1) / 3, 12);
  });

  it('pools without a relevant or without an irrelevant candidate are counted', async () => {
    const run = await evaluate();
    expect(run.metrics).toMatchObject({
      'candidates/pools': 5,
      'candidates/pools_without_relevant': 2,
      'candidates/pools_without_irrelevant': 1,
    });
    expect(JSON.parse(textOf(run, 'metrics.json'))).toMatchObject({
      queries_with_candidates: 3,
      candidate_pools: { evaluated: 'with_relevant', pools: 5, without_relevant: 2, without_irrelevant: 1 },
    });
    expect(textOf(run, 'report.md')).toContain(
      'Means over 3 of 5 candidate pools. Without a relevant candidate: 2 (left out). Without an irrelevant candidate: 1 ' +
        '(evaluated, though every order of them is perfect).',
    );
  });

  it('`mixed` leaves out pools in which every candidate is relevant, as answer selection is reported', async () => {
    const run = await evaluate({ candidate_pools: 'mixed' });
    expect(run.metrics!['candidates/map']).toBeCloseTo((first + 1) / 2, 12);
    expect(run.metrics!['candidates/mrr']).toBeCloseTo((1 / 2 + 1) / 2, 12);
    expect(run.metrics).toMatchObject({ queries: 5, 'candidates/pools_without_irrelevant': 1 });
    expect(textOf(run, 'report.md')).toContain('Means over 2 of 5 candidate pools.');
  });
});
