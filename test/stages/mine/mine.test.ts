import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTriplets, type Triplets } from '../../../src/formats/triplets.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/mine/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { tokensArtifact, tokensOf, type SmallQuery } from '../../retrieval/fixtures.ts';

const DOCUMENTS = [
  'fever is a high body temperature', // 0
  'fever is treated with rest', // 1
  'a cold gives a runny nose', // 2
  'fever is a high body temperature', // 3: the words of 0
  'a nose may bleed', // 4
  'bones break', // 5
];
const QUERIES: readonly SmallQuery[] = [
  { text: 'what is fever', relevant: { 0: 1, 5: 0 }, candidates: [0, 1, 3, 4] },
  { text: 'what is a cold', relevant: { 2: 1, 4: 2 }, candidates: [2] },
  { text: 'unanswered', relevant: { 5: 0 } },
  { text: 'what is fever', relevant: { 1: 1 }, split: 'test' },
];
const TOKENS = tokensOf(DOCUMENTS, QUERIES);

const mine = (params: JsonObject = {}): Promise<KindRun> =>
  runKind(stage, { params, inputs: { tokens: tokensArtifact(TOKENS) } });

interface Row {
  readonly query: number;
  readonly positive: number;
  readonly negatives: readonly number[];
  readonly sources: readonly string[];
}

function rowsOf(triplets: Triplets): Row[] {
  const k = triplets.negativesPerTriplet;
  return Array.from(triplets.query, (query, i) => ({
    query,
    positive: triplets.positive[i]!,
    negatives: [...triplets.negatives.subarray(i * k, (i + 1) * k)],
    sources: Array.from(triplets.source.subarray(i * k, (i + 1) * k), (source) => triplets.sources[source]!),
  }));
}

const rows = (run: KindRun): Row[] => rowsOf(readTriplets(run.artifact.path));
const report = (run: KindRun): Record<string, unknown> =>
  JSON.parse(readFileSync(join(run.artifact.path, 'mining.json'), 'utf8')) as Record<string, unknown>;

describe('mine', () => {
  it('makes triplets for every pair of a query and a positive of the split', async () => {
    const run = await mine({ triplets_per_positive: 2 });
    expect(rows(run).map(({ query, positive }) => [query, positive])).toEqual([
      [0, 0],
      [0, 0],
      [1, 2],
      [1, 2],
      [1, 4],
      [1, 4],
    ]);
    expect(run.headline).toBe('6 triplets · 100 % random');
  });

  it('never takes a known positive, a duplicate of it, or a document twice in one triplet', async () => {
    const run = await mine({ num_negatives: 3, triplets_per_positive: 50 });
    for (const { query, negatives } of rows(run)) {
      expect(new Set(negatives).size).toBe(3);
      for (const forbidden of query === 0 ? [0, 3] : [2, 4]) expect(negatives).not.toContain(forbidden);
    }
    const { rejected } = report(run) as { rejected: { positive: number; duplicate_text: number } };
    expect(rejected.positive).toBeGreaterThan(0);
    expect(rejected.duplicate_text).toBeGreaterThan(0);
  });

  it('a document judged irrelevant may be a negative', async () => {
    const run = await mine({ triplets_per_positive: 50, prefer_answers: false });
    expect(rows(run).some(({ query, negatives }) => query === 0 && negatives.includes(5))).toBe(true);
  });

  it('takes irrelevant candidates of the query, or another source if there are none', async () => {
    const run = await mine({
      negatives: [
        { from: 'candidates', weight: 1 },
        { from: 'random', weight: 1e-9 },
      ],
      triplets_per_positive: 20,
    });
    for (const { query, negatives, sources } of rows(run)) {
      if (query === 0) expect([1, 4]).toContain(negatives[0]);
      expect(sources[0]).toBe(query === 0 ? 'candidates' : 'random');
    }
    const { sources } = report(run) as { sources: { name: string; exhausted: number }[] };
    expect(sources[0]).toMatchObject({ name: 'candidates', exhausted: 40 });
  });

  it('takes answers of other queries first with `prefer_answers`, and other documents where there are too few', async () => {
    const params = {
      negatives: [{ from: 'bm25', range_max: 6 }],
      triplets_per_positive: 20,
      num_negatives: 2,
    };
    const fever = { text: 'a fever', relevant: { 0: 1 } };
    const tokens = tokensOf(DOCUMENTS, [
      fever,
      { text: 'what is a cold', relevant: { 2: 1 } },
      { text: 'how is a fever treated', relevant: { 1: 1 }, split: 'test' },
    ]);
    const negatives = async (prefer_answers: boolean): Promise<number[][]> => {
      const inputs = { tokens: tokensArtifact(tokens) };
      const run = await runKind(stage, { params: { ...params, prefer_answers }, inputs });
      return rows(run).flatMap((row) => (row.query === 0 ? [[...row.negatives]] : []));
    };
    // Document 2 answers the other query; 1 answers one of the test split, which must not count.
    for (const [first] of await negatives(true)) expect(first).toBe(2);
    expect(new Set((await negatives(true)).map(([, second]) => second)).size).toBeGreaterThan(1);
    expect(new Set((await negatives(false)).map(([first]) => first)).size).toBeGreaterThan(1);
  });

  it('takes random negatives from the answers where these are at least half of the documents', async () => {
    const taken = async (documents: readonly string[]): Promise<Set<number>> => {
      const tokens = tokensOf(documents, [
        { text: 'a fever', relevant: { 0: 1 } },
        { text: 'what is a cold', relevant: { 2: 1 } },
        { text: 'a nose', relevant: { 4: 1 } },
      ]);
      const run = await runKind(stage, {
        params: { triplets_per_positive: 30 },
        inputs: { tokens: tokensArtifact(tokens) },
      });
      return new Set(rows(run).flatMap(({ negatives }) => negatives));
    };
    expect(await taken(DOCUMENTS)).toEqual(new Set([0, 2, 4]));
    expect((await taken([...DOCUMENTS, 'one more'])).size).toBe(7);
  });

  it('takes the top BM25 results within the range, and reports their ranks', async () => {
    const run = await mine({ negatives: [{ from: 'bm25', range_max: 3 }], triplets_per_positive: 10 });
    // Documents 0, 1 and 3 share most with the question: 0 answers it and 3 is its copy.
    const ofFirst = rows(run).filter(({ query }) => query === 0);
    expect(new Set(ofFirst.flatMap(({ negatives }) => negatives))).toEqual(new Set([1]));
    const { sources } = report(run) as {
      sources: { hardness: { ranks: Record<string, number> }; negatives: number }[];
    };
    const { ranks } = sources[0]!.hardness;
    expect((ranks['1'] ?? 0) + (ranks['2-5'] ?? 0)).toBe(sources[0]!.negatives);
  });

  it('leaves out triplets with too few negatives, and reports their number', async () => {
    const run = await mine({ negatives: [{ from: 'candidates' }], fill: 'drop' });
    expect(rows(run).map(({ query }) => query)).toEqual([0]);
    expect(run.warnings.join()).toContain('2 triplets left out');
  });

  it('fills up by default where a query has too few, and says how many and for which', async () => {
    const run = await mine({ negatives: [{ from: 'candidates' }] });
    expect(rows(run).map(({ query, sources }) => [query, ...sources])).toEqual([
      [0, 'candidates'],
      [1, 'fill random'],
      [1, 'fill random'],
    ]);
    for (const { query, negatives } of rows(run).slice(1)) {
      expect(query).toBe(1);
      for (const known of [2, 4]) expect(negatives).not.toContain(known);
    }
    expect(run.metrics).toMatchObject({ incomplete: 0, 'filled/negatives': 2, 'filled/queries': 1 });
    expect(report(run)).toMatchObject({ filled: { negatives: 2, queries: 1, examples: [1] } });
    expect(run.warnings).toEqual([
      '2 of 3 negatives are filled up, for 1 query whose sources have too few (`fill: random`)',
    ]);
  });

  it('fills up with the top BM25 results, and with random documents after those', async () => {
    const run = await mine({ negatives: [{ from: 'candidates' }], fill: 'bm25', num_negatives: 3 });
    const second = rows(run).find(({ query }) => query === 1)!;
    // `what is a cold`: documents 0, 1 and 3 share a word with it; 2 and 4 are relevant.
    expect(new Set(second.negatives)).toEqual(new Set([0, 1, 3]));
    expect(second.sources).toEqual(['fill bm25', 'fill bm25', 'fill bm25']);
    const four = rows(await mine({ negatives: [{ from: 'candidates' }], fill: 'bm25', num_negatives: 4 }));
    expect(four.find(({ query }) => query === 1)!.sources).toContain('fill random');
  });

  it('mixes by weight', async () => {
    const run = await mine({
      negatives: [
        { from: 'random', weight: 3 },
        { from: 'bm25', weight: 1 },
      ],
      triplets_per_positive: 500,
    });
    expect(run.metrics!['share/random']).toBeCloseTo(0.75, 1);
  });

  it('gives the same bytes again at any number of threads, and others with another seed', async () => {
    const bytes = async (threads: number, seed: number): Promise<string> => {
      const run = await runKind(stage, {
        params: { seed, num_negatives: 2 },
        threads,
        inputs: { tokens: tokensArtifact(TOKENS) },
      });
      return readFileSync(join(run.artifact.path, 'triplets.safetensors'), 'base64');
    };
    expect(await bytes(1, 1)).toBe(await bytes(2, 1));
    expect(await bytes(1, 1)).not.toBe(await bytes(1, 2));
  });

  it('does not depend on test queries', async () => {
    const changed = tokensOf(DOCUMENTS, [
      ...QUERIES.slice(0, 3),
      { text: 'what is a nose', relevant: { 4: 1 }, split: 'test' },
    ]);
    const run = await runKind(stage, { inputs: { tokens: tokensArtifact(changed) } });
    expect(rows(run)).toEqual(rows(await mine()));
  });

  it('a split without queries is an error that names the splits', async () => {
    await expect(mine({ split: 'validation' })).rejects.toMatchObject({
      message: "the split 'validation' has no queries",
      hint: 'The corpus has the splits train, test.',
    });
  });

  it('an empty range is an error', async () => {
    await expect(mine({ negatives: [{ from: 'bm25', range_min: 9, range_max: 9 }] })).rejects.toThrow(
      'range_min (9) must be below range_max (9)',
    );
  });

  it('an unknown source or option is rejected by the schema', async () => {
    await expect(mine({ negatives: [{ from: 'bm52' }] })).rejects.toThrow('from');
    await expect(mine({ negatives: [{ from: 'random', range_max: 9 }] })).rejects.toThrow('additional');
  });
});
