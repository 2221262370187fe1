import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/hash.ts';
import type { Similarity } from '../../src/formats/embeddings.ts';
import type { Matrix } from '../../src/formats/npy.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { randomMatrix } from './fixtures.ts';

const DOCUMENTS = randomMatrix(2051, 37, 'documents');
const QUERIES = randomMatrix(7, 37, 'queries');
const ROWS = [6, 0, 1, 2, 3, 4, 5];
const SIMILARITIES: readonly Similarity[] = ['cosine', 'dot', 'euclidean'];

function naiveScore(similarity: Similarity, query: number, document: number): number {
  const q = QUERIES.data.subarray(query * 37, (query + 1) * 37);
  const d = DOCUMENTS.data.subarray(document * 37, (document + 1) * 37);
  if (similarity === 'euclidean') return -Math.hypot(...q.map((value, i) => value - d[i]!));
  const dot = q.reduce((sum, value, i) => sum + value * d[i]!, 0);
  return similarity === 'dot' ? dot : dot / (Math.hypot(...q) * Math.hypot(...d));
}

describe.each(SIMILARITIES)('exact search by %s', (similarity) => {
  const search = createExactSearch(DOCUMENTS, similarity);

  it('agrees with a plain loop over all documents', () => {
    const rankings = [...search.search(QUERIES, ROWS, 20)];
    for (const [i, { documents, scores }] of rankings.entries()) {
      const all = Array.from(
        { length: DOCUMENTS.rows },
        (_, d) => [naiveScore(similarity, ROWS[i]!, d), d] as const,
      );
      all.sort(([a], [b]) => b - a);
      expect([...documents]).toEqual(all.slice(0, 20).map(([, d]) => d));
      for (const [j, score] of scores.entries()) expect(score).toBeCloseTo(all[j]![0], 5);
    }
  });

  it('gives a query the same bits alone, among others, and within candidates', () => {
    const [first] = [...search.search(QUERIES, ROWS, DOCUMENTS.rows)];
    const [alone] = [...search.search(QUERIES, [6], DOCUMENTS.rows)];
    expect(first).toEqual(alone);
    const everyone = Uint32Array.from({ length: DOCUMENTS.rows }, (_, d) => d);
    expect(search.rankCandidates(QUERIES, 6, everyone)).toEqual(alone);
  });
});

it('the scores have the same bits on every machine', () => {
  const scores = SIMILARITIES.flatMap((similarity) =>
    [...createExactSearch(DOCUMENTS, similarity).search(QUERIES, ROWS, 50)].map((ranking) => ranking.scores),
  );
  const bytes = Buffer.concat(scores.map(({ buffer }) => new Uint8Array(buffer)));
  expect(digestOf(bytes)).toMatchInlineSnapshot(
    `"15ab8118b8df1034c1a30bc6bfddfc5a940fc654b5b0d9276c079960001fb2de"`,
  );
});

const matrix = (...rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: 2,
  data: Float32Array.from(rows.flat()),
});

describe('exact search', () => {
  it('breaks ties by doc_id and lists no more than there is', () => {
    const search = createExactSearch(matrix([1, 0], [2, 0], [0, 1], [3, 0]), 'cosine');
    expect([...search.search(matrix([1, 0]), [0], 2)][0]!.documents).toEqual(Uint32Array.of(0, 1));
    expect([...search.search(matrix([1, 0]), [0], 9)][0]!.documents).toEqual(Uint32Array.of(0, 1, 3, 2));
  });

  it('a vector without direction has cosine 0, and equal vectors distance 0', () => {
    const zero = createExactSearch(matrix([0, 0], [-1, 0]), 'cosine');
    expect([...zero.search(matrix([1, 0]), [0], 2)][0]!.scores).toEqual(Float64Array.of(0, -1));
    const near = createExactSearch(matrix([0.1, 0.7]), 'euclidean');
    expect([...near.search(matrix([0.1, 0.7]), [0], 1)][0]!.scores[0]).toBeCloseTo(0, 15);
  });

  it('refuses vectors that are not finite', () => {
    expect(() => createExactSearch(matrix([1, 0], [Infinity, 0]), 'dot')).toThrow('document (row 1)');
    const search = createExactSearch(matrix([1, 0]), 'dot');
    expect(() => [...search.search(matrix([NaN, 0]), [0], 1)]).toThrow('not finite');
  });
});
