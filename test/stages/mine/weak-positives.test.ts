import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { readTriplets, type Triplets } from '../../../src/formats/triplets.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/mine/kind.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';
import {
  embeddingsArtifact,
  randomMatrix,
  tokensArtifact,
  tokensOf,
  type SmallQuery,
} from '../../retrieval/fixtures.ts';

const DOCUMENTS = [
  'fever is a high body temperature', // 0
  'a cold gives a runny nose', // 1
  'bones break', // 2
  'fever and cold are common', // 3
  'the heart pumps blood', // 4
];
const QUERIES: readonly SmallQuery[] = [
  { text: 'high temperature', relevant: { 0: 1 } }, // judged
  { text: 'broken bones', relevant: {} }, // 1: one document has a word of it
  { text: 'fever', relevant: {} }, // 2: two documents, the shorter one first
  { text: 'zebra', relevant: {} }, // 3: no document
  { text: 'heart blood', relevant: {} }, // 4: two words of one document
  { text: 'bones', relevant: { 2: 1 }, split: 'test' },
];
const TOKENS = tokensOf(DOCUMENTS, QUERIES);

const mine = (
  params: JsonObject,
  tokens: Tokens = TOKENS,
  inputs: Record<string, InputArtifact> = {},
): Promise<KindRun> => runKind(stage, { params, inputs: { tokens: tokensArtifact(tokens), ...inputs } });
const weak = (positives: JsonObject, params: JsonObject = {}, tokens?: Tokens): Promise<KindRun> =>
  mine({ queries: 'unjudged', positives: { from: 'bm25', keep: 1, ...positives }, ...params }, tokens);
const reportArtifact = (path: string): InputArtifact => ({
  type: 'report',
  stage: 'report',
  path,
  digest: '',
  metrics: {},
});
const triplets = (run: KindRun): Triplets => readTriplets(run.artifact.path);
const pairs = (run: KindRun): number[][] => {
  const { query, positive } = triplets(run);
  return Array.from(query, (id, i) => [id, positive[i]!]);
};

describe('weak positives', () => {
  it('are the top documents by BM25 of the queries without a judgement', async () => {
    const run = await weak({});
    expect(pairs(run)).toEqual([
      [1, 2],
      [2, 3],
      [4, 4],
    ]);
    expect(run.metrics).toMatchObject({
      queries: 3,
      'queries/weak': 3,
      'triplets/weak': 3,
      'left_out/without_results': 1,
    });
  });

  it('are marked as weak, with the scores of their retriever for margin-MSE', async () => {
    const run = await weak({});
    const { weak: flags, scores, negatives } = triplets(run);
    expect([...flags!]).toEqual([1, 1, 1]);
    expect(scores!.scorer).toBe('bm25');
    for (const i of [0, 1, 2]) expect(scores!.positive[i]).toBeGreaterThan(scores!.negatives[i]!);
    expect(negatives).toHaveLength(3);
    expect(triplets(await weak({}, { scorer: 'none' })).scores).toBeUndefined();
  });

  it('may be several of each query', async () => {
    expect(pairs(await weak({ top: 2 }))).toEqual([
      [2, 3],
      [2, 0],
    ]);
  });

  it('are left out where the next document scores nearly as much', async () => {
    // Only `fever` has a second document.
    const { metrics } = await weak({ min_margin: 0.5 });
    expect(metrics).toMatchObject({ queries: 2, 'left_out/uncertain': 1 });
    expect(pairs(await weak({ min_margin: 0.5 })).map(([query]) => query)).toEqual([1, 4]);
  });

  it('keep the fraction of the queries with the largest margin', async () => {
    expect(pairs(await weak({ keep: 0.6 })).map(([query]) => query)).toEqual([1, 4]);
    expect(pairs(await weak({ keep: 0.01 })).map(([query]) => query)).toEqual([1]);
  });

  it('stand beside judged ones with `queries: all`, which keep their judgements and are not weak', async () => {
    const run = await mine({ queries: 'all', positives: { from: 'bm25', keep: 1 } });
    expect(pairs(run)).toEqual([
      [0, 0],
      [1, 2],
      [2, 3],
      [4, 4],
    ]);
    expect([...triplets(run).weak!]).toEqual([0, 1, 1, 1]);
  });

  it('do not depend on the judgements of other splits', async () => {
    const other = tokensOf(DOCUMENTS, [...QUERIES.slice(0, 5), { ...QUERIES[5]!, relevant: { 4: 1 } }]);
    expect(triplets(await weak({}, {}, other))).toEqual(triplets(await weak({})));
  });

  it('are asked for where they are needed, and refused where they have no effect', async () => {
    await expect(mine({ queries: 'unjudged' })).rejects.toMatchObject({
      code: 'E_PARAMETER',
      hint: expect.stringContaining('from: bm25') as string,
    });
    await expect(mine({ positives: { from: 'bm25' } })).rejects.toThrow('takes its positives from the qrels');
    await expect(weak({ top: 5 })).rejects.toThrow(
      'no query has a weak positive: 4 without results, 0 uncertain',
    );
  });
});

describe('a split without the wanted queries', () => {
  const judged = tokensOf(DOCUMENTS, [QUERIES[0]!]);

  it('is an error', async () => {
    await expect(mine({ queries: 'unjudged', positives: { from: 'bm25' } }, judged)).rejects.toThrow(
      "the split 'train' has no query without a judgement",
    );
  });

  it('gives an empty set and a warning with `if_none: empty`', async () => {
    const run = await mine({ queries: 'unjudged', positives: { from: 'bm25' }, if_none: 'empty' }, judged);
    expect(pairs(run)).toEqual([]);
    expect(run.metrics).toMatchObject({ triplets: 0, queries: 0 });
    expect(run.warnings.join()).toContain('so the set is empty');
  });
});

describe('weak positives by an earlier model and by fusion', () => {
  const SIZE = 300;
  const tokens = tokensOf(
    Array.from({ length: SIZE }, (_, d) => `word${d % 40} word${(d * 7) % 60} word${(d * 3) % 25} text`),
    Array.from({ length: 30 }, (_, q) => ({ text: `word${q} word${(q * 5) % 60}`, relevant: {} })),
  );
  const [documents, queries] = [randomMatrix(SIZE, 6, 'd'), randomMatrix(30, 6, 'q')];
  const run = (positives: JsonObject, params: JsonObject = {}): Promise<KindRun> =>
    mine({ queries: 'unjudged', positives: { keep: 1, ...positives }, ...params }, tokens, {
      embeddings: embeddingsArtifact(documents, queries),
    });
  const dot = (q: number, d: number): number => {
    let [sum, qq, dd] = [0, 0, 0];
    for (let i = 0; i < 6; i++) {
      const [x, y] = [queries.data[q * 6 + i]!, documents.data[d * 6 + i]!];
      [sum, qq, dd] = [sum + x * y, qq + x * x, dd + y * y];
    }
    return sum / Math.sqrt(qq * dd);
  };
  const best = (scores: readonly number[], count = 1): number[] =>
    scores
      .map((_, d) => d)
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, count);
  const all = Array.from({ length: SIZE }, (_, d) => d);

  it('by the model are its nearest documents', async () => {
    const found = pairs(await run({ from: 'model' }));
    expect(found).toEqual(queriesOf(30).map((q) => [q, best(all.map((d) => dot(q, d)))[0]]));
  });

  /** BM25 with k1 0.9 and b 0.4 over the words, from its definition. */
  function bm25(q: number): number[] {
    const words = (ids: Iterable<number>): number[] => [...ids];
    const rowsOf = all.map((d) =>
      words(tokens.documents.values.subarray(tokens.documents.offsets[d], tokens.documents.offsets[d + 1])),
    );
    const mean = rowsOf.reduce((sum, row) => sum + row.length, 0) / SIZE;
    const asked = words(
      tokens.queries.values.subarray(tokens.queries.offsets[q], tokens.queries.offsets[q + 1]),
    );
    return rowsOf.map((row) =>
      asked.reduce((score, word) => {
        const tf = row.filter((other) => other === word).length;
        const df = rowsOf.filter((other) => other.includes(word)).length;
        const idf = Math.log(1 + (SIZE - df + 0.5) / (df + 0.5));
        return score + (idf * tf) / (tf + 0.9 * (1 - 0.4 + (0.4 * row.length) / mean));
      }, 0),
    );
  }

  it('by fusion are the best of the convex sum, and its scores are stored', async () => {
    const weight = 0.3;
    const mined = await run({ from: 'fusion' }, { fusion: { weight }, num_negatives: 2 });
    const { query, positive, negatives, scores } = triplets(mined);
    expect(scores!.scorer).toBe('fusion');
    expect(query).toHaveLength(30);
    for (const q of [0, 7, 29]) {
      const [dense, lexical] = [all.map((d) => dot(q, d)), bm25(q)];
      const pool = new Set([...best(dense, 100), ...best(lexical, 100).filter((d) => lexical[d]! > 0)]);
      const ofPool = [...pool].map((d) => dense[d]!);
      const [least, most] = [Math.min(...ofPool), Math.max(...ofPool)];
      const fused = all.map(
        (d) =>
          (weight * (dense[d]! - least)) / (most - least) +
          ((1 - weight) * lexical[d]!) / Math.max(...lexical),
      );
      expect(positive[q]).toBe([...pool].sort((a, b) => fused[b]! - fused[a]! || a - b)[0]);
      expect(scores!.positive[q]).toBeCloseTo(fused[positive[q]!]!, 5);
      for (const j of [0, 1])
        expect(scores!.negatives[2 * q + j]).toBeCloseTo(fused[negatives[2 * q + j]!]!, 5);
    }
  });

  it('take the weight and the scoring of words that a report recorded', async () => {
    const folder = temporaryFolder();
    const inputs = (weight: number, bm25: JsonObject): Record<string, InputArtifact> => {
      writeFileSync(
        join(folder, 'fusion.json'),
        JSON.stringify({ fusion: { method: 'convex', weight }, bm25 }),
      );
      return { embeddings: embeddingsArtifact(documents, queries), report: reportArtifact(folder) };
    };
    const byReport = (weight: number, bm25: JsonObject = { k1: 0.9, b: 0.4 }): Promise<KindRun> =>
      mine({ queries: 'unjudged', positives: { from: 'fusion', keep: 1 } }, tokens, inputs(weight, bm25));
    for (const weight of [0, 0.3, 1])
      expect(pairs(await byReport(weight))).toEqual(
        pairs(await run({ from: 'fusion' }, { fusion: { weight } })),
      );
    expect(pairs(await byReport(0))).not.toEqual(pairs(await byReport(1)));
    const scoring = { k1: 5, b: 1 };
    expect(pairs(await byReport(0, scoring))).toEqual(
      pairs(await run({ from: 'fusion' }, { fusion: { weight: 0 }, bm25: scoring })),
    );
  });

  it('by the model need its embeddings', async () => {
    const alone = mine({ queries: 'unjudged', positives: { from: 'fusion' } }, tokens);
    await expect(alone).rejects.toThrow('needs its embeddings');
  });

  function queriesOf(count: number): number[] {
    return Array.from({ length: count }, (_, q) => q);
  }
});

describe('synthetic queries', () => {
  const tokens: Tokens = {
    ...tokensOf(DOCUMENTS, [
      { text: 'high temperature', relevant: { 0: 1 } },
      { text: 'bones', relevant: { 2: 1 } },
      { text: 'blood', relevant: {} },
    ]),
    synthetic: Uint8Array.of(0, 1, 0),
  };

  it('are left out by default, which is logged and counted', async () => {
    const run = await mine({}, tokens);
    expect(pairs(run)).toEqual([[0, 0]]);
    expect(run.metrics!['left_out/synthetic']).toBe(1);
    expect(run.logs).toEqual(['1 synthetic queries left out: `queries: judged`']);
    const { left_out } = JSON.parse(readFileSync(join(run.artifact.path, 'mining.json'), 'utf8')) as {
      left_out: unknown;
    };
    expect(left_out).toEqual({ synthetic: 1, uncertain: 0, without_results: 0 });
  });

  it('are mined alone, or with all others', async () => {
    expect(pairs(await mine({ queries: 'synthetic' }, tokens))).toEqual([[1, 2]]);
    expect(pairs(await mine({ queries: 'all' }, tokens))).toEqual([
      [0, 0],
      [1, 2],
    ]);
  });

  it('never get weak positives, and are named where nothing else is there', async () => {
    const run = await mine({ queries: 'all', positives: { from: 'bm25' } }, tokens);
    expect(pairs(run)).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
    ]);
    await expect(mine({}, { ...tokens, synthetic: Uint8Array.of(1, 1, 1) })).rejects.toMatchObject({
      message: "the split 'train' has no query with a relevant document",
      hint: expect.stringContaining('Write `queries: synthetic`') as string,
    });
  });
});
