import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeVectors } from '../../../src/formats/vectors.ts';
import { significanceOf } from '../../../src/history/report-tests.ts';
import { localStore } from '../../../src/store/local/local-store.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';
import {
  embeddingsArtifact,
  randomMatrix,
  tokensArtifact,
  tokensOf,
  type SmallQuery,
} from '../../retrieval/fixtures.ts';
import { emptyStore, runRecord, stageRecord } from '../../history/records.ts';
import { storeFolder } from '../../store/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

/** Sixty documents of a word of their own and one that a third of them shares; the query is the own word. */
const N = 60;
const DOCUMENTS = Array.from({ length: N }, (_, i) => `word${i} group${i % 3}`);
const QUERIES: readonly SmallQuery[] = Array.from({ length: N }, (_, i) => ({
  text: i % 2 === 0 ? `word${i}` : `group${i % 3}`,
  relevant: { [i]: 1 },
  candidates: [i, (i + 1) % N, (i + 2) % N],
  split: 'test',
  type: i % 2 === 0 ? 'own' : 'shared',
}));
const TOKENS = tokensOf(DOCUMENTS, QUERIES);
const VECTORS = randomMatrix(N, 8, 'documents');

/** Query vectors that are their document's with so much noise. */
function embeddings(noise: number, name: string): InputArtifact {
  const other = randomMatrix(N, 8, name);
  const data = VECTORS.data.map((value, i) => value + noise * other.data[i]!);
  return embeddingsArtifact(VECTORS, { ...VECTORS, data });
}

const evaluate = async (
  noise: number,
  params: JsonObject = {},
  more: Record<string, InputArtifact | readonly InputArtifact[]> = {},
): Promise<KindRun> =>
  runKind(stage, {
    params: { cutoffs: { recall: [1, 10] }, ...params },
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(TOKENS),
      embeddings: embeddings(noise, 'noise'),
      ...more,
    },
  });
const text = (run: KindRun, file: string): string => readFileSync(join(run.artifact.path, file), 'utf8');

interface Figures {
  readonly systems: Record<string, { corpus: Record<string, number>; intervals?: unknown }>;
  readonly comparisons: readonly {
    readonly rival: string;
    readonly queries: number;
    readonly won: number;
    readonly corpus: Record<string, { difference: number; interval: [number, number]; p_value: number }>;
    readonly candidates: Record<string, { difference: number; p_value: number }>;
  }[];
  readonly query_types: readonly { readonly type: string; readonly queries: number }[];
  readonly seeds?: { readonly runs: number; readonly measures: Record<string, Record<string, number>> };
}
const figures = (run: KindRun): Figures => JSON.parse(text(run, 'metrics.json')) as Figures;

describe('confidence intervals and tests', () => {
  it('every mean is within its interval, and the interval of the primary measure is among the metrics', async () => {
    const { metrics } = await evaluate(1);
    const [low, value, high] = ['mrr@10_low', 'mrr@10', 'mrr@10_high'].map(
      (name) => metrics![name] as number,
    );
    expect(low).toBeLessThan(value!);
    expect(high).toBeGreaterThan(value!);
    expect(metrics!['bm25/mrr@10_low']).toBeLessThan(metrics!['bm25/mrr@10'] as number);
  });

  it('a perfect model beats BM25 significantly, and one like BM25 does not', async () => {
    const [perfect] = figures(await evaluate(0)).comparisons;
    expect(perfect!.rival).toBe('bm25');
    expect(perfect!.corpus['mrr@10']!.p_value).toBeLessThan(0.001);
    expect(perfect!.corpus['mrr@10']!.interval[0]).toBeGreaterThan(0);
    const same = await evaluate(0, { label: 'again' }, { against: [(await evaluate(0)).artifact] });
    const rival = figures(same).comparisons.find((comparison) => comparison.rival === 'model 2');
    expect(rival!.corpus['mrr@10']).toEqual({ difference: 0, interval: [0, 0], p_value: 1 });
  });

  it('bootstrap samples affect intervals, never measures; 0 disables intervals and tests', async () => {
    const [one, other] = [figures(await evaluate(1)), figures(await evaluate(1, { seed: 7 }))];
    expect(other.systems['model']!.corpus).toEqual(one.systems['model']!.corpus);
    expect(other.systems['model']!.intervals).not.toEqual(one.systems['model']!.intervals);
    const without = await evaluate(1, { bootstrap: { samples: 0 }, permutations: 0 });
    expect(text(without, 'metrics.json')).not.toMatch(/interval|p_value/);
    expect(text(without, 'report.md')).not.toContain('NaN');
  });

  it('gives the same files again: timings are only in the metrics', async () => {
    const [one, again] = [await evaluate(1), await evaluate(1)];
    for (const file of ['metrics.json', 'report.md', 'per_query.tsv', 'runs/fused.trec'])
      expect(text(again, file)).toBe(text(one, file));
    expect(one.metrics!['p50_ms']).toBeGreaterThan(0);
    expect(one.metrics!['bm25/p99_ms']).toBeGreaterThan(0);
    expect(text(one, 'metrics.json')).not.toContain('_ms');
  });
});

describe('against other reports', () => {
  it('compares query by query, under the label of the other report', async () => {
    const noisy = await evaluate(3, { label: 'noisy' });
    const run = await evaluate(0, {}, { against: [noisy.artifact] });
    const comparison = figures(run).comparisons.find(({ rival }) => rival === 'noisy')!;
    const difference = (run.metrics!['mrr@10'] as number) - (noisy.metrics!['mrr@10'] as number);
    expect(comparison.corpus['mrr@10']!.difference).toBeCloseTo(difference, 12);
    expect(comparison.candidates['p@1']!.difference).toBeGreaterThan(0);
    expect(comparison).toMatchObject({ queries: N, lost: 0 });
    expect(run.metrics!['noisy/p_value']).toBeLessThan(0.01);
    expect(text(run, 'report.md')).toMatch(/\| +\| BM25 \| fused with BM25 \| noisy \|/);
  });

  it.each([
    ['sampled', 3],
    ['exact', 0.5],
  ])('gives the p of `pipeline compare` on the same two reports, %s', async (kind, noise) => {
    const other = await evaluate(noise, { label: 'other' });
    const run = await evaluate(0, {}, { against: [other.artifact] });
    const layout = emptyStore();
    const records = [other, run].map(({ artifact }, i) => {
      const { manifest } = storeFolder(layout, i, artifact.path);
      return runRecord(i, { stages: { report: stageRecord(manifest) } });
    });
    const [compared] = await significanceOf(localStore(layout), records);
    const { corpus, candidates } = figures(run).comparisons.find(({ rival }) => rival === 'other')!;
    if (compared?.state !== 'tested') throw new Error('the reports were not tested');
    const p = new Map(compared.tests.map((test) => [test.measure, test.p]));
    const first = compared.tests.find(({ measure }) => measure === 'model/mrr@10')!;
    expect(first.exact).toBe(kind === 'exact');
    expect(first.p).toBeLessThan(1);
    for (const [name, { p_value }] of Object.entries(corpus)) expect(p_value).toBe(p.get(`model/${name}`));
    for (const [name, { p_value }] of Object.entries(candidates))
      expect(p_value).toBe(p.get(`model/candidates/${name}`));
  });

  it('leaves out measures that the other report does not have', async () => {
    const other = await evaluate(3, { label: 'other', cutoffs: { recall: [1] } });
    const run = await evaluate(0, {}, { against: [other.artifact] });
    const { corpus } = figures(run).comparisons.find(({ rival }) => rival === 'other')!;
    expect(Object.keys(corpus)).toContain('recall@1');
    expect(Object.keys(corpus)).not.toContain('recall@10');
  });

  it('a report on other queries is an error', async () => {
    const queries = QUERIES.map((query) => ({ ...query, split: query.type === 'own' ? 'test' : 'dev' }));
    const of = async (split: string, against: InputArtifact[]): Promise<KindRun> =>
      runKind(stage, {
        params: { split },
        inputs: {
          corpus: await corpusArtifact(DOCUMENTS, queries),
          tokens: tokensArtifact(tokensOf(DOCUMENTS, queries)),
          embeddings: embeddings(0, 'noise'),
          against,
        },
      });
    const dev = await of('dev', []);
    await expect(of('test', [dev.artifact])).rejects.toThrow('has no query in common');
  });
});

describe('over several seeds', () => {
  it('reports the mean and standard deviation', async () => {
    const others = [await evaluate(1.5), await evaluate(2)];
    const run = await evaluate(1, {}, { seeds: others.map(({ artifact }) => artifact) });
    const values = [run, ...others].map(({ metrics }) => metrics!['mrr@10'] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    const { runs, measures } = figures(run).seeds!;
    expect(runs).toBe(3);
    expect(measures['mrr@10']!['mean']).toBeCloseTo(mean, 12);
    expect(measures['mrr@10']!['deviation']).toBeCloseTo(
      Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2),
      12,
    );
    expect(measures['candidates/p@1']!['maximum']).toBeLessThanOrEqual(1);
    expect(text(run, 'report.md')).toContain('## Over 3 seeds');
    expect(run.metrics!['mrr@10_mean']).toBeCloseTo(mean, 12);
  });
});

describe('systems next to the model', () => {
  it('fusion at weight 1 is the model, at 0 it is BM25', async () => {
    const all = await evaluate(1, { fusion: { weight: 1 } });
    expect(all.metrics!['fused/mrr@10']).toBe(all.metrics!['mrr@10']);
    const none = await evaluate(1, { fusion: { weight: 0 } });
    expect(none.metrics!['fused/mrr@10']).toBe(none.metrics!['bm25/mrr@10']);
    expect(none.metrics!['fused/candidates/p@1']).toBe(none.metrics!['bm25/candidates/p@1']);
    const off = await evaluate(1, { fusion: { enabled: false } });
    expect(off.metrics).not.toHaveProperty('fused/mrr@10');
  });

  it('the mean of word vectors is one of them if vectors are given', async () => {
    const folder = temporaryFolder();
    const rows = TOKENS.vocabulary.tokens.length;
    const { data } = randomMatrix(rows, 32, 'words');
    writeVectors(folder, { rows, dimensions: 32, data, known: new Uint8Array(rows).fill(1) });
    const vectors = { type: 'vectors', stage: 'vectors', path: folder, digest: '', metrics: {} };
    const run = await evaluate(1, {}, { vectors });
    // A document's own word is half of its mean, so questions by that word find it.
    expect(run.metrics!['mean/hit@10']).toBeGreaterThan(0.5);
    expect(text(run, 'runs/mean.trec')).toMatch(/^q0 Q0 d%200 1 /);
    const left = await evaluate(1, { baselines: ['bm25'] }, { vectors });
    expect(left.metrics).not.toHaveProperty('mean/hit@10');
  });
});

describe('query types', () => {
  it('have figures of their own', async () => {
    const run = await evaluate(1);
    const types = figures(run).query_types;
    expect(types.map(({ type, queries }) => [type, queries])).toEqual([
      ['own', 30],
      ['shared', 30],
    ]);
    expect(types[0]).toMatchObject({ systems: { bm25: { corpus: { 'mrr@10': 1 } } } });
    expect(text(run, 'report.md')).toContain('## By query type');
  });
});
