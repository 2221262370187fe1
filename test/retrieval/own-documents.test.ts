/** Queries that are documents of the corpus themselves: no stage that ranks documents ranks those. */
import { describe, expect, it } from 'vitest';
import { readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { readTriplets } from '../../src/formats/triplets.ts';
import { withoutDocument } from '../../src/retrieval/ranking.ts';
import { stage as evaluateKind } from '../../stages/evaluate/kind.ts';
import { stage as indexKind } from '../../stages/index/kind.ts';
import { stage as mineKind } from '../../stages/mine/kind.ts';
import { validationSet } from '../../stages/train/validation.ts';
import { corpusArtifact } from '../stages/evaluate/fixtures.ts';
import { runKind, type KindRun } from '../helpers/run-kind.ts';
import { embeddingsArtifact, tokensArtifact, tokensOf, type SmallQuery } from './fixtures.ts';

/** Query 0 is document 0 and query 1 is document 2; the answers are 1 and 3. */
const DOCUMENTS = ['cats in offices', 'cats in houses', 'trams in towns', 'trams in cities', 'other'];
const QUERIES: readonly SmallQuery[] = [
  { text: 'cats in offices', relevant: { 1: 1 }, candidates: [0, 1, 4], split: 'test' },
  { text: 'trams in towns', relevant: { 3: 1 }, candidates: [2, 3, 4], split: 'test' },
  { text: 'other', relevant: { 3: 1 }, split: 'train' },
];
const TOKENS: Tokens = {
  ...tokensOf(DOCUMENTS, QUERIES),
  ownDocuments: new Map([
    [0, 0],
    [1, 2],
  ]),
};
const near = (a: number, b: number): number[] => [a, b, 0.1];
const VECTORS = {
  rows: 5,
  columns: 3,
  data: Float32Array.from([...near(1, 0), ...near(1, 0.1), ...near(0, 1), ...near(0.1, 1), 0, 0, 1]),
};
const QUERY_VECTORS = {
  rows: 3,
  columns: 3,
  data: Float32Array.from([...near(1, 0), ...near(0, 1), 0, 0, 1]),
};
const embeddings = () => embeddingsArtifact(VECTORS, QUERY_VECTORS);

async function evaluate(params = {}): Promise<KindRun> {
  const index = await runKind(indexKind, { inputs: { embeddings: embeddings() } });
  return runKind(evaluateKind, {
    params,
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(TOKENS),
      embeddings: embeddings(),
      index: index.artifact,
    },
  });
}

it('tokens keep the own documents of queries, and have no column for them where there are none', () => {
  expect(readTokens(tokensArtifact(TOKENS).path).ownDocuments).toEqual(TOKENS.ownDocuments);
  expect(readTokens(tokensArtifact(tokensOf(DOCUMENTS, QUERIES)).path).ownDocuments).toBeUndefined();
});

it('a ranking without one document keeps the order and the scores of the others', () => {
  const ranking = { documents: Uint32Array.of(7, 3, 5), scores: Float64Array.of(3, 2, 1) };
  const of = (document: number | undefined, k: number): number[][] => {
    const { documents, scores } = withoutDocument(ranking, document, k);
    return [[...documents], [...scores]];
  };
  expect(of(3, 2)).toEqual([
    [7, 5],
    [3, 1],
  ]);
  expect(of(9, 2)).toEqual([
    [7, 3],
    [3, 2],
  ]);
  expect(of(undefined, 1)).toEqual([[7], [3]]);
});

describe('evaluate', () => {
  it('leaves them out of the lists of every system, of the candidates and of the random order', async () => {
    const { metrics } = await evaluate();
    expect(metrics).toMatchObject({
      'mrr@10': 1,
      'bm25/mrr@10': 1,
      'fused/mrr@10': 1,
      'ann/mrr@10': 1,
      'ann/exact_recall@10': 1,
      'candidates/mrr': 1,
      'random/hit@1': 1 / 4,
      'random/candidates/p@1': 1 / 2,
    });
  });

  it('ranks them first with ignore_identical_ids: false', async () => {
    const { metrics } = await evaluate({ ignore_identical_ids: false });
    expect(metrics).toMatchObject({
      'mrr@10': 0.5,
      'bm25/mrr@10': 0.5,
      'fused/mrr@10': 0.5,
      'ann/mrr@10': 0.5,
      'candidates/mrr': 0.5,
    });
    expect(metrics!['random/hit@1']).toBeCloseTo(1 / 5, 12);
  });
});

describe('mine', () => {
  const mined = async (negatives: object, params = {}): Promise<number[][]> => {
    const run = await runKind(mineKind, {
      params: {
        split: 'test',
        num_negatives: 1,
        prefer_answers: false,
        ...params,
        negatives: [negatives] as never,
      },
      inputs: { tokens: tokensArtifact(TOKENS), embeddings: embeddings() },
    });
    const { query, negatives: found } = readTriplets(run.artifact.path);
    return Array.from(query, (one, i) => [one, found[i]!]);
  };

  it.each(['bm25', 'model'])(
    'never takes them as negatives from %s, nor counts them as a rank',
    async (from) => {
      const top = { from, sampling_strategy: 'top', range_max: 2 };
      const off = { ignore_identical_ids: false };
      expect(await mined(top, off)).toEqual([
        [0, 0],
        [1, 2],
      ]);
      // Ranks 1 and 2 are now the answer and the next document.
      const kept = await mined(top);
      expect(kept.map(([query]) => query)).toEqual([0, 1]);
      expect(kept.every(([query, negative]) => negative !== TOKENS.ownDocuments!.get(query!))).toBe(true);
    },
  );

  it.each(['random', 'candidates'])('never takes them as negatives from %s', async (from) => {
    const found = await mined({ from }, { triplets_per_positive: 20 });
    expect(found).not.toContainEqual([0, 0]);
    expect(found).not.toContainEqual([1, 2]);
    expect(found).toContainEqual([0, 4]);
  });
});

it('the validation of a training does not rank them', () => {
  const params = { split: 'test', max_queries: 10, max_documents: 10 } as const;
  const ignored = (ignore_identical_ids: boolean, against: 'corpus' | 'candidates') =>
    validationSet(TOKENS, { ...params, against, ignore_identical_ids }, 1)!.queries.map((query) => [
      query.ignored,
      query.candidates.length,
    ]);
  expect(ignored(true, 'corpus')).toEqual([
    [0, 2],
    [2, 2],
  ]);
  expect(ignored(true, 'candidates').map(([, count]) => count)).toEqual([2, 2]);
  expect(ignored(false, 'corpus')).toEqual([
    [undefined, 3],
    [undefined, 3],
  ]);
});
