import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fusion } from '../../src/formats/fusion.ts';
import { chooseFusion, FUSION_GRID, reciprocalRanks, SAFE } from '../../src/retrieval/fusion-choice.ts';
import { fuse, poolOf, type Both, type Retrieved } from '../../src/retrieval/fusion.ts';
import { rank, type Ranking } from '../../src/retrieval/ranking.ts';

/** A retriever with these scores by doc_id, which lists the best `depth` of the scores that are not 0. */
function retriever(all: readonly number[], depth = all.length): Retrieved {
  const listed = [...all.keys()].filter((document) => all[document] !== 0);
  const ranking = rank(
    listed,
    listed.map((document) => all[document]!),
    depth,
  );
  return { ranking, scores: (documents) => Float64Array.from(documents, (document) => all[document]!) };
}
const both = (model: readonly number[], bm25: readonly number[], depth?: number): Both<Retrieved> => ({
  model: retriever(model, depth),
  bm25: retriever(bm25, depth),
});
const convex = (weight: number): Fusion => ({ method: 'convex', weight });
const listed = ({ documents, scores }: Ranking): [number, number][] =>
  Array.from(documents, (document, i) => [document, scores[i]!]);

describe('a convex fusion', () => {
  it('adds scores that are normalised to 0 … 1, as computed by hand', () => {
    // Model: 0.9 → 1, 0.5 → 0.5, 0.1 → 0. BM25: 4 → 1, 3 → 0.75; document 0 has no word of the query: 0.
    const fused = fuse(both([0.9, 0.5, 0.1], [0, 3, 4]), convex(0.5), 10);
    expect(listed(fused).map(([document, score]) => [document, Number(score.toFixed(12))])).toEqual([
      [1, 0.625],
      [0, 0.5],
      [2, 0.5],
    ]);
  });

  it('gives a document that one list lacks its true score', () => {
    const deep = both([0.9, 0.5, 0.1], [0, 3, 4]);
    const shallow = both([0.9, 0.5, 0.1], [0, 3, 4], 1);
    const scores = new Map(listed(fuse(deep, convex(0.3), 10)));
    expect(listed(fuse(shallow, convex(0.3), 10))).toEqual(
      [2, 0].map((document) => [document, scores.get(document)]),
    );
  });

  it('takes equal scores, none, and scores that are not finite as 0', () => {
    expect(listed(fuse(both([2, 2], [0, 0]), convex(0.5), 10))).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(listed(fuse(both([NaN, 1, 3], [1, 0, 0]), convex(0.5), 10))).toEqual([
      [0, 0.5],
      [2, 0.5],
      [1, 0],
    ]);
  });
});

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

describe.each(['convex', 'rrf'] as const)('any %s fusion', (method) => {
  const of = (weight: number): Fusion =>
    method === 'convex' ? { method, weight } : { method, weight, k: 60 };

  it("with weight 1 is the model's list, and with weight 0 that of BM25", () => {
    fc.assert(
      fc.property(scores, scores, (one, other) => {
        const size = Math.min(one.length, other.length);
        const lists = both(one.slice(0, size), other.slice(0, size));
        expect(fuse(lists, of(1), 10).documents).toEqual(lists.model.ranking.documents.subarray(0, 10));
        expect(fuse(lists, of(0), 10).documents).toEqual(lists.bm25.ranking.documents.subarray(0, 10));
      }),
    );
  });

  it('is ranked in the choice as it ranks in a search', () => {
    fc.assert(
      fc.property(scores, scores, fc.nat(29), (one, other, relevant) => {
        const size = Math.min(one.length, other.length);
        const lists = both(one.slice(0, size), other.slice(0, size), 5);
        const grid = FUSION_GRID.filter((fusion) => fusion.method === method);
        const found = reciprocalRanks(poolOf(lists), new Map([[relevant, 1]]), grid);
        for (const [i, fusion] of grid.entries()) {
          const place = fuse(lists, fusion, 10).documents.indexOf(relevant);
          expect(found[i]).toBe(place < 0 ? 0 : 1 / (place + 1));
        }
      }),
    );
  });
});

describe('the choice', () => {
  const peak = (weight: number, queries: number, lost = 1): Float64Array[] =>
    Array.from({ length: queries }, () =>
      Float64Array.from(FUSION_GRID, (fusion) =>
        fusion.method === 'convex' ? 1 - lost * Math.abs(fusion.weight - weight) : 0,
      ),
    );

  const chosen = (...rows: Float64Array[][]): Fusion => chooseFusion(rows, FUSION_GRID).fusion;

  it('is the weight that many queries agree on', () => {
    expect(chosen(peak(0.9, 1000))).toEqual(convex(0.9));
    expect(chosen(peak(0.05, 1000))).toEqual(convex(0.05));
  });

  it('stays near the safe weight with few queries', () => {
    const { weight } = chosen(peak(0.9, 10, 0.05));
    expect(weight).toBeGreaterThanOrEqual(SAFE.weight);
    expect(weight).toBeLessThan(0.75);
    expect(chosen(peak(0.9, 10, 0))).toEqual(SAFE);
  });

  it('is rank fusion only if that is clearly better', () => {
    const better = (gain: (query: number) => number): Float64Array[] =>
      Array.from({ length: 100 }, (_, query) =>
        Float64Array.from(FUSION_GRID, ({ method }) => (method === 'rrf' ? 0.5 + gain(query) : 0.5)),
      );
    expect(chosen(better(() => 0.1)).method).toBe('rrf');
    expect(chosen(better((query) => (query % 2 === 0 ? 0.42 : -0.4))).method).toBe('convex');
  });

  it('scores words otherwise than the spec where that is better by more than chance among few queries', () => {
    const level = (value: number, queries: number): Float64Array[] =>
      Array.from({ length: queries }, () => new Float64Array(FUSION_GRID.length).fill(value));
    const scoring = (other: number, queries: number): number =>
      chooseFusion([level(0.5, queries), level(other, queries)], FUSION_GRID).scoring;
    expect(scoring(0.505, 10)).toBe(0);
    expect(scoring(0.505, 100)).toBe(1);
    expect(scoring(0.5, 1000)).toBe(0);
  });
});
