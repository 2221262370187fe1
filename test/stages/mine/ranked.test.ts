import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/formats/npy.ts';
import { readTriplets } from '../../../src/formats/triplets.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage as indexKind } from '../../../stages/index/kind.ts';
import { stage } from '../../../stages/mine/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix, tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';

/** Ten documents on a circle: document i at i · 0.1 radians from the only query, and document 2 is relevant. */
const DOCUMENTS = Array.from({ length: 10 }, (_, i) => `word${i} about things`);
const TOKENS = tokensOf(DOCUMENTS, [{ text: 'word2 things', relevant: { 2: 1 } }]);
const COSINES = Array.from({ length: 10 }, (_, i) => Math.cos(i * 0.1));
const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});
const circle = (): InputArtifact =>
  embeddingsArtifact(
    matrix(Array.from({ length: 10 }, (_, i) => [Math.cos(i * 0.1), Math.sin(i * 0.1)])),
    matrix([[1, 0]]),
  );

const mine = (params: JsonObject, inputs: Record<string, InputArtifact> = {}): Promise<KindRun> =>
  runKind(stage, { params, inputs: { tokens: tokensArtifact(TOKENS), embeddings: circle(), ...inputs } });
const model = (options: JsonObject = {}, params: JsonObject = {}): Promise<KindRun> =>
  mine({ negatives: [{ from: 'model', ...options }], triplets_per_positive: 200, ...params });
const taken = (run: KindRun): number[] =>
  [...new Set(readTriplets(run.artifact.path).negatives)].sort((a, b) => a - b);
interface Report {
  readonly rejected: Record<string, number>;
  readonly sources: readonly { readonly hardness: Record<string, unknown> }[];
}
const report = (run: KindRun): Report =>
  JSON.parse(readFileSync(join(run.artifact.path, 'mining.json'), 'utf8')) as Report;

describe("negatives from an earlier model's neighbours", () => {
  it('are the nearest documents except the positive', async () => {
    expect(taken(await model({ range_max: 4 }))).toEqual([0, 1, 3]);
  });

  it('are at ranks from range_min to range_max, known positives counted', async () => {
    expect(taken(await model({ range_min: 1, range_max: 5 }))).toEqual([1, 3, 4]);
  });

  it('score between min_score and max_score', async () => {
    const run = await model({ min_score: COSINES[6]! - 0.01, max_score: COSINES[4]! + 0.01 });
    expect(taken(run)).toEqual([4, 5, 6]);
    expect(report(run).rejected).toMatchObject({ positive: 1, min_score: 3, max_score: 3 });
  });

  it('score at most the positive minus the absolute margin', async () => {
    const run = await model({ absolute_margin: 0.1 });
    expect(taken(run)).toEqual([5, 6, 7, 8, 9]);
    expect(report(run).rejected['margin']).toBe(4);
  });

  it('score at most the positive minus the relative margin', async () => {
    // 0.9 · cos 0.2 = 0.882, cos 0.4 = 0.921, cos 0.5 = 0.878
    expect(taken(await model({ relative_margin: 0.1 }))).toEqual([5, 6, 7, 8, 9]);
  });

  it('come from the top of the list with `top`, each once', async () => {
    const run = await model({ sampling_strategy: 'top' }, { triplets_per_positive: 2, num_negatives: 2 });
    expect([...readTriplets(run.artifact.path).negatives]).toEqual([0, 1, 3, 4]);
  });

  it('are the same through an index, and scored exactly', async () => {
    const size = 400;
    const words = Array.from({ length: size }, (_, i) => `word${i}`);
    const queries = Array.from({ length: 30 }, (_, i) => ({ text: `word${i}`, relevant: { [i]: 1 } }));
    const embeddings = embeddingsArtifact(randomMatrix(size, 8, 'd'), randomMatrix(30, 8, 'q'));
    const index = await runKind(indexKind, { inputs: { embeddings } });
    const inputs = { tokens: tokensArtifact(tokensOf(words, queries)), embeddings };
    const params = { negatives: [{ from: 'model', range_max: 10 }], scorer: 'model' };
    const exact = await runKind(stage, { params, inputs });
    const approximate = await runKind(stage, { params, inputs: { ...inputs, index: index.artifact } });
    expect(readTriplets(approximate.artifact.path)).toEqual(readTriplets(exact.artifact.path));
  });

  it('have their hardness reported, by rank and by score', async () => {
    const run = await model({ range_max: 5, sampling_strategy: 'top' }, { triplets_per_positive: 4 });
    const { hardness } = report(run).sources[0]!;
    // Documents 0, 1, 3, 4 at ranks 1, 2, 4, 5: the first two are nearer than the positive.
    expect(hardness).toMatchObject({ ranks: { '1': 1, '2-5': 3 }, above_positive: 0.5, median_rank: 2 });
    expect(run.metrics).toMatchObject({ 'above_positive/model': 0.5, 'median_rank/model': 2 });
  });
});

describe('inputs that do not match an earlier model', () => {
  it('missing embeddings: the hint says what to write', async () => {
    const alone = runKind(stage, {
      params: { negatives: [{ from: 'model' }] },
      inputs: { tokens: tokensArtifact(TOKENS) },
    });
    await expect(alone).rejects.toMatchObject({
      message: 'mining with an earlier model needs its embeddings',
      hint: expect.stringContaining('embeddings: NAME') as string,
    });
  });

  it('embeddings of another corpus', async () => {
    const other = embeddingsArtifact(randomMatrix(3, 2, 'd'), randomMatrix(1, 2, 'q'));
    await expect(mine({ negatives: [{ from: 'model' }] }, { embeddings: other })).rejects.toThrow(
      'tokens and embeddings do not match',
    );
  });

  it('an index over other vectors, with another similarity, or built in parallel', async () => {
    const build = async (embeddings: InputArtifact, params: JsonObject = {}): Promise<InputArtifact> =>
      (await runKind(indexKind, { params, inputs: { embeddings } })).artifact;
    const trial = (index: InputArtifact): Promise<KindRun> =>
      mine({ negatives: [{ from: 'model' }] }, { index });
    const larger = embeddingsArtifact(randomMatrix(11, 2, 'd'), randomMatrix(1, 2, 'q'));
    await expect(trial(await build(larger))).rejects.toThrow('index and embeddings do not match');
    await expect(trial(await build(circle(), { metric: 'dot' }))).rejects.toThrow('the index uses dot');
    await expect(trial(await build(circle(), { parallel: true }))).rejects.toThrow('built in parallel');
  });
});

describe('guards on every source', () => {
  it('leave out near-duplicates of a positive', async () => {
    const text = 'one two three four five six seven eight nine ten eleven twelve';
    const tokens = tokensOf(
      [text, `${text} more`, `other words and then ${text}`, 'something else'],
      [{ text: 'one two', relevant: { 0: 1 } }],
    );
    const negatives = async (near_duplicate: number): Promise<number[]> =>
      taken(
        await runKind(stage, {
          params: { guards: { near_duplicate }, triplets_per_positive: 100 },
          inputs: { tokens: tokensArtifact(tokens) },
        }),
      );
    // 10 shingles of 11, and 10 of 14.
    expect(await negatives(0.9)).toEqual([2, 3]);
    expect(await negatives(0.7)).toEqual([3]);
    expect(await negatives(1)).toEqual([1, 2, 3]);
  });

  it('leave out documents that the scorer puts above the positive, from any source', async () => {
    const run = await mine({
      negatives: [{ from: 'random' }],
      triplets_per_positive: 200,
      scorer: 'model',
      guards: { absolute_margin: 0 },
    });
    expect(taken(run)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(report(run).rejected['margin']).toBeGreaterThan(0);
  });

  it('limits without a scorer are an error', async () => {
    await expect(mine({ guards: { max_score: 0.5 } })).rejects.toThrow('but there is no scorer');
  });
});

describe('scores for margin-MSE', () => {
  it('are those of the earlier model', async () => {
    const run = await model({ sampling_strategy: 'top' }, { triplets_per_positive: 1, scorer: 'model' });
    const { scores } = readTriplets(run.artifact.path);
    expect(scores).toMatchObject({ scorer: 'model' });
    expect(scores!.positive[0]).toBeCloseTo(COSINES[2]!, 6);
    expect(scores!.negatives[0]).toBeCloseTo(COSINES[0]!, 6);
  });

  it('or of BM25, for negatives from any source', async () => {
    const run = await mine({ negatives: [{ from: 'random' }], num_negatives: 3, scorer: 'bm25' });
    const { scores } = readTriplets(run.artifact.path);
    expect(scores!.negatives).toHaveLength(3);
    // `word2` is in the positive alone, `things` everywhere.
    for (const score of scores!.negatives) expect(score).toBeLessThan(scores!.positive[0]!);
  });
});
