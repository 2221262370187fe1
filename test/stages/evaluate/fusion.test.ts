import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFusion } from '../../../src/formats/fusion.ts';
import type { Matrix } from '../../../src/formats/npy.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix, tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

/** Two queries a document, one of each split; the model knows nothing, so that BM25 alone is best. */
const COUNT = 40;
const DOCUMENTS = Array.from({ length: COUNT }, (_, i) => `topic${i} of all`);
const QUERIES = ['validation', 'test'].flatMap((split) =>
  DOCUMENTS.map((_, i) => ({ text: `topic${i} all`, split, relevant: { [i]: 1 } })),
);

const PARAMS = { examples: 0, bootstrap: { samples: 0 }, permutations: 100 };
const evaluate = async (params: JsonObject = {}, queries = QUERIES): Promise<KindRun> =>
  runKind(stage, {
    params: { ...PARAMS, ...params },
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, queries),
      tokens: tokensArtifact(tokensOf(DOCUMENTS, queries)),
      embeddings: embeddingsArtifact(
        randomMatrix(COUNT, 8, 'documents'),
        randomMatrix(queries.length, 8, 'queries'),
      ),
    },
  });
const report = (run: KindRun): string => readFileSync(join(run.artifact.path, 'report.md'), 'utf8');

describe('fusion: auto', () => {
  it('is chosen on the validation split and recorded, with what was tried', async () => {
    const run = await evaluate();
    const { fusion, chosen, depth } = readFusion(run.artifact.path)!;
    expect(fusion.method).toBe('convex');
    expect(fusion.weight).toBeLessThan(0.5);
    expect(depth).toBe(1000);
    expect(chosen).toMatchObject({ by: 'validation', split: 'validation', queries: COUNT });
    expect(run.metrics).toMatchObject({
      'fused/mrr@10': 1,
      'fused/bm25/difference': 0,
      'fused/bm25/p_value': 1,
    });
    expect(report(run)).toContain('Chosen on 40 queries of the split `validation` by MRR@10.');
    expect(report(run)).toContain('## Fused minus the others');
  });

  it('evaluates its own split by choices of the other folds', async () => {
    const run = await evaluate({ split: 'validation' });
    const { chosen } = readFusion(run.artifact.path)!;
    if (chosen.by !== 'validation') throw new Error('the fusion was not chosen');
    expect(chosen.folds!.map(({ queries }) => queries)).toEqual([8, 8, 8, 8, 8]);
    expect(report(run)).toContain('each fifth of them is fused as the other four choose');
  });

  it('is a safe weight without validation queries, with the reason', async () => {
    const run = await evaluate(
      {},
      QUERIES.filter(({ split }) => split === 'test'),
    );
    const { fusion, chosen } = readFusion(run.artifact.path)!;
    expect(fusion).toEqual({ method: 'convex', weight: 0.5 });
    expect(chosen).toMatchObject({ by: 'default', queries: 0 });
    expect(report(run)).toContain("since the split 'validation' has no queries");
  });
});

describe('how a fusion scores words', () => {
  // The subject is said once in the relevant document and often in another, which BM25 prefers.
  const topics = Array.from({ length: 20 }, (_, i) => [
    `topic${i} origin and much more text of any other kind around it`,
    `topic${i} topic${i} topic${i} topic${i}`,
  ]).flat();
  const asked = ['validation', 'test'].flatMap((split) =>
    Array.from({ length: 20 }, (_, i) => ({
      text: `topic${i} origin`,
      split,
      relevant: { [2 * i]: 1 },
    })),
  );
  const alike = (rows: number): Matrix => ({ rows, columns: 2, data: new Float32Array(2 * rows).fill(1) });
  const evaluated = async (fusion: JsonObject): Promise<KindRun> =>
    runKind(stage, {
      params: { ...PARAMS, fusion, bm25: { k1: 100, b: 1 } },
      inputs: {
        corpus: await corpusArtifact(topics, asked),
        tokens: tokensArtifact(tokensOf(topics, asked)),
        embeddings: embeddingsArtifact(
          randomMatrix(topics.length, 8, 'documents'),
          randomMatrix(asked.length, 8, 'queries'),
        ),
      },
    });

  it('is chosen with the weight, recorded, and used for the evaluated queries', async () => {
    const run = await evaluated({ method: 'convex' });
    const { bm25, chosen } = readFusion(run.artifact.path)!;
    expect(bm25).toEqual({ k1: 0, b: 0 });
    expect(chosen).toMatchObject({
      scorings: [{ k1: 100, b: 1 }, { k1: 0 }, { k1: 0, idf_power: 2 }],
    });
    expect(run.metrics).toMatchObject({ 'bm25/mrr@10': 0.5, 'fused/mrr@10': 1 });
    expect(report(run)).toContain('BM25 k1 0, b 0.');
    expect(report(run)).toMatch(/BM25 k1 0, b 0, idf squared *\| *1\.000/);
  });

  it('is chosen for each fold on the others, also with queries of no known word and ignored documents', async () => {
    // Half of the queries want what BM25 prefers, so that the folds choose differently. All but the last are documents.
    const texts = [...topics, ...Array.from({ length: 20 }, (_, i) => `topic${i} origin`)];
    const split = 'validation';
    const queries = [
      ...Array.from({ length: 20 }, (_, i) => ({
        text: `topic${i} origin`,
        split,
        relevant: { [2 * i + (i % 2)]: 1 },
      })),
      { text: 'unheard of', split, relevant: { 0: 1 } },
    ];
    const own = new Map(Array.from({ length: 20 }, (_, i) => [i, topics.length + i]));
    const run = await runKind(stage, {
      params: { ...PARAMS, split, fusion: { method: 'convex' }, bm25: { k1: 100, b: 1 } },
      inputs: {
        corpus: await corpusArtifact(texts, queries),
        tokens: tokensArtifact({ ...tokensOf(texts, queries), ownDocuments: own }),
        // A model for which all documents are alike leaves the order to the words.
        embeddings: embeddingsArtifact(alike(texts.length), alike(queries.length)),
      },
    });
    const { chosen } = readFusion(run.artifact.path)!;
    if (chosen.by !== 'validation') throw new Error('the fusion was not chosen');
    const byBm25 = chosen.folds!.filter(({ bm25 }) => bm25.k1 === 100);
    expect(byBm25).toHaveLength(2);
    expect(report(run)).toContain('0.5 with BM25 k1 100, b 1; 0.5 with BM25 k1 0, b 0');
    const first = readFileSync(join(run.artifact.path, 'runs', 'fused.trec'), 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, , , rank]) => rank === '1')
      .map(([, , document]) => Number(document!.replace('d%20', '')));
    expect(first).toHaveLength(queries.length);
    expect(Math.max(...first)).toBeLessThan(topics.length);
    // Those that repeat the subject.
    expect(first.filter((document) => document % 2 === 1)).toHaveLength(
      byBm25.reduce((sum, fold) => sum + fold.queries, 0),
    );
  });

  it('stays as the baseline is where the spec says so', async () => {
    const run = await evaluated({ method: 'convex', tune_bm25: false });
    const { bm25, chosen } = readFusion(run.artifact.path)!;
    expect(bm25).toEqual({ k1: 100, b: 1 });
    expect(chosen).not.toHaveProperty('scorings');
  });
});

describe('a fixed fusion', () => {
  it.each([
    [
      { k: 10, weight: 0.9 },
      { method: 'rrf', weight: 0.9, k: 10 },
    ],
    [{ weight: 0.7 }, { method: 'rrf', weight: 0.7, k: 60 }],
    [
      { method: 'convex', weight: 0.7 },
      { method: 'convex', weight: 0.7 },
    ],
  ])('%j is taken as it is', async (fusion, expected) => {
    const { artifact } = await evaluate({ fusion });
    expect(readFusion(artifact.path)).toMatchObject({ fusion: expected, chosen: { by: 'spec' } });
  });

  it.each([false, 'none', { enabled: false }])('%j evaluates none', async (fusion) => {
    const { artifact, metrics } = await evaluate({ fusion });
    expect(existsSync(join(artifact.path, 'fusion.json'))).toBe(false);
    expect(metrics).not.toHaveProperty('fused/mrr@10');
  });

  it('with a k that its method does not have is an error', async () => {
    await expect(evaluate({ fusion: { method: 'convex', k: 10 } })).rejects.toThrow('`fusion.k`');
  });
});
