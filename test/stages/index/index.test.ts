import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIndexConfig } from '../../../src/formats/index-config.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { openIndex } from '../../../src/retrieval/ann.ts';
import { stage } from '../../../stages/index/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix } from '../../retrieval/fixtures.ts';

const DOCUMENTS = randomMatrix(1500, 24, 'documents');
const QUERIES = randomMatrix(40, 24, 'queries');

const build = (params: JsonObject = {}, threads = 1): Promise<KindRun> =>
  runKind(stage, { params, threads, inputs: { embeddings: embeddingsArtifact(DOCUMENTS, QUERIES) } });
const bytes = (run: KindRun): string => readFileSync(join(run.artifact.path, 'index.usearch'), 'base64');

describe('index', () => {
  it.each([
    ['cosine', 'f32', 0.95],
    ['dot', 'f16', 0.8],
    ['euclidean', 'f32', 0.95],
    ['cosine', 'i8', 0.8],
  ])('finds the nearest documents by %s in %s', async (metric, quantization, least) => {
    const run = await build({ metric, quantization });
    expect(run.metrics!['recall@10']).toBeGreaterThan(least);
    expect(run.headline).toMatch(/^1,500 vectors · recall@10 /);
  });

  it('uses the similarity of the embeddings by default, and records every setting', async () => {
    const run = await build({ connectivity: 8, expansion_search: 32 });
    expect(readIndexConfig(run.artifact.path)).toMatchObject({
      library: 'usearch',
      similarity: 'cosine',
      quantization: 'f32',
      dimensions: 24,
      documents: 1500,
      connectivity: 8,
      expansion_add: 128,
      expansion_search: 32,
    });
  });

  it('gives the same file again on this machine at any number of threads', async () => {
    expect(bytes(await build({}, 1))).toBe(bytes(await build({}, 2)));
  });

  it('has a digest of the vectors and the settings, not of the graph', async () => {
    const digests = async (params: JsonObject): Promise<unknown> => (await build(params, 2)).digests;
    expect(await digests({})).toEqual(await digests({}));
    expect(await digests({ parallel: true })).toEqual(await digests({ parallel: true }));
    expect(await digests({ connectivity: 8 })).not.toEqual(await digests({}));
    expect(await digests({ parallel: true })).not.toEqual(await digests({}));
  });

  it('finds no less with a larger expansion', async () => {
    const narrow = await build({ expansion_search: 1, expansion_add: 4, connectivity: 2 });
    const wide = await build({ expansion_search: 500 });
    expect(wide.metrics!['recall@10']).toBeGreaterThan(narrow.metrics!['recall@10'] as number);
  });

  it('that misses more than a tenth of the true neighbours is warned of', async () => {
    const narrow = await build({ expansion_search: 1, expansion_add: 4, connectivity: 2 });
    const recall = ((narrow.metrics!['recall@10'] as number) * 100).toFixed(1);
    expect(narrow.fullWarnings).toMatchObject([
      {
        message: `approximate search finds only ${recall} % of the true 10 nearest documents (recall@10)`,
        parameter: 'expansion_search',
      },
    ]);
    expect((await build()).warnings).toEqual([]);
  });

  it('doubles the search expansion until the wanted recall is reached, and records what it chose', async () => {
    const sparse = { expansion_add: 16, connectivity: 4, expansion_search: 4 };
    const before = await build(sparse);
    const run = await build({ ...sparse, target_recall: 0.95 });
    expect(before.metrics!['recall@10']).toBeLessThan(0.95);
    expect(run.metrics!['recall@10']).toBeGreaterThanOrEqual(0.95);
    const { expansion_search: chosen, ...config } = readIndexConfig(run.artifact.path);
    expect([8, 16, 32, 64, 128, 256, 512, 1024]).toContain(chosen);
    expect(config).toMatchObject({ target_recall: 0.95, reached_recall: run.metrics!['recall@10'] });
    expect(run.metrics!['expansion_search']).toBe(chosen);
    expect(run.warnings).toEqual([]);
    // Searches open the index with what was chosen.
    expect((await openIndex(run.artifact.path)).config.expansion_search).toBe(chosen);
    expect(bytes(run)).toBe(bytes(before));
  });

  it('that cannot reach the wanted recall says so, and why', async () => {
    const run = await build({ metric: 'cosine', quantization: 'i8', target_recall: 1 });
    expect(readIndexConfig(run.artifact.path).expansion_search).toBe(1500);
    expect(run.fullWarnings).toMatchObject([
      {
        message: expect.stringMatching(
          /^recall@10 is 0\.9\d+ at the largest `expansion_search`, 1500: the target of 1 is not reached$/,
        ) as string,
        cause: expect.stringContaining('quantization: i8') as string,
        parameter: 'target_recall',
      },
    ]);
  });

  it('measures with documents where there are no queries, if a recall is wanted', async () => {
    const none = { rows: 0, columns: 24, data: new Float32Array() };
    const inputs = { embeddings: embeddingsArtifact(DOCUMENTS, none) };
    const run = await runKind(stage, { params: { target_recall: 0.9 }, inputs });
    expect(run.metrics!['recall@10']).toBeGreaterThanOrEqual(0.9);
    expect((await runKind(stage, { inputs })).metrics).not.toHaveProperty('recall@10');
  });

  it('has the same digest whatever expansion it chose', async () => {
    const digests = (await build({ target_recall: 0.9 })).digests!;
    expect(digests['index.json']).toBe(digests['index.usearch']);
    expect(digests['index.json']).not.toContain('reached_recall');
  });

  it('i8 with a metric that depends on norms is an error', async () => {
    await expect(build({ metric: 'dot', quantization: 'i8' })).rejects.toMatchObject({
      message: 'quantization i8 loses the norms that dot needs',
      hint: expect.stringContaining('f16') as string,
    });
  });

  it('opens again from another folder and returns scores', async () => {
    const run = await build();
    const index = await openIndex(run.artifact.path);
    const { documents, scores } = index.search(DOCUMENTS.data.subarray(24, 48), 3);
    expect(documents[0]).toBe(1);
    expect(scores[0]).toBeCloseTo(1, 5);
  });

  it('finds the same for many queries on any number of threads as for each alone', async () => {
    const index = await openIndex((await build()).artifact.path);
    const rows = (count: number): Float32Array => DOCUMENTS.data.subarray(0, 24 * count);
    const alone = Array.from({ length: 40 }, (_, i) =>
      index.search(DOCUMENTS.data.subarray(24 * i, 24 * i + 24), 5),
    );
    for (const threads of [1, 2, 3]) expect(index.searchAll(rows(40), 5, threads)).toEqual(alone);
    // Many more than there are processors, each busy long enough to meet the others.
    expect(index.searchAll(rows(1500), 100, 64)).toHaveLength(1500);
    expect(index.searchAll(rows(1), 5, 2)).toEqual(alone.slice(0, 1));
    expect(index.searchAll(rows(0), 5, 2)).toEqual([]);
  });

  it('stops when it is aborted', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(
      runKind(stage, {
        signal: stop.signal,
        inputs: { embeddings: embeddingsArtifact(DOCUMENTS, QUERIES) },
      }),
    ).rejects.toThrow('abort');
  });
});
