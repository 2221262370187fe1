import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { UNKNOWN } from '../../src/formats/tokens.ts';
import { createBm25, inverseDocumentFrequency } from '../../src/retrieval/bm25.ts';

const PARAMETERS = { k1: 0.9, b: 0.4 };
const query = (...ids: number[]): Uint32Array => Uint32Array.from(ids);

/** The textbook formula, over plain lists. */
function naiveScore(documents: readonly number[][], asked: readonly number[], d: number): number {
  const average = documents.reduce((sum, words) => sum + words.length, 0) / documents.length;
  return asked
    .filter((word) => word > UNKNOWN)
    .map((word) => {
      const df = documents.filter((words) => words.includes(word)).length;
      const tf = documents[d]!.filter((other) => other === word).length;
      const norm = 1 - PARAMETERS.b + PARAMETERS.b * (documents[d]!.length / average);
      const idf = Math.log(1 + (documents.length - df + 0.5) / (df + 0.5));
      return tf === 0 ? 0 : (idf * tf) / (tf + PARAMETERS.k1 * norm);
    })
    .reduce((a, b) => a + b, 0);
}

describe('BM25', () => {
  it('weighs a word as Lucene does', () => {
    expect(inverseDocumentFrequency(3, 1)).toBeCloseTo(Math.log(1 + 2.5 / 1.5), 15);
    const bm25 = createBm25(raggedFrom([[2, 2, 3], [3], [4, 4]]), 5, { k1: 1.2, b: 0.75 });
    const { documents, scores } = bm25.search(query(2), 10);
    expect([...documents]).toEqual([0]);
    expect(scores[0]).toBeCloseTo((Math.log(1 + 2.5 / 1.5) * 2) / (2 + 1.2 * (0.25 + (0.75 * 3) / 2)), 14);
  });

  it('without frequencies and with idf squared, adds the squares for the words that a document has', () => {
    const texts = raggedFrom([[2, 2, 2, 3], [3, 4, 4, 4, 4, 4], [2]]);
    const bm25 = createBm25(texts, 5, { k1: 0, b: 0, idf_power: 2 });
    const square = (df: number): number => inverseDocumentFrequency(3, df) ** 2;
    const scores = bm25.scores(query(2, 3), Uint32Array.of(0, 1, 2));
    expect([...scores]).toEqual([square(2) + square(2), square(2), square(2)]);
  });

  it('a word asked twice counts twice', () => {
    const bm25 = createBm25(raggedFrom([[2, 3], [3]]), 4, PARAMETERS);
    const [once, twice] = [bm25.search(query(2), 1), bm25.search(query(2, 2), 1)];
    expect(twice.scores[0]).toBeCloseTo(2 * once.scores[0]!, 14);
  });

  it('unknown words and words outside the vocabulary match nothing', () => {
    const bm25 = createBm25(raggedFrom([[UNKNOWN, 0], [2]]), 3, PARAMETERS);
    expect(bm25.search(query(UNKNOWN, 0, 99), 5).documents).toHaveLength(0);
  });

  it('equal scores go by doc_id, and documents without a word in common are not listed', () => {
    const bm25 = createBm25(raggedFrom([[3], [2], [2], [2]]), 4, PARAMETERS);
    expect([...bm25.search(query(2), 2).documents]).toEqual([1, 2]);
    expect([...bm25.search(query(2), 9).documents]).toEqual([1, 2, 3]);
    expect([...bm25.rankCandidates(query(2), query(3, 0, 1)).documents]).toEqual([1, 3, 0]);
  });

  it('an empty corpus, an empty document and an empty query are no trouble', () => {
    expect(createBm25(raggedFrom([]), 2, PARAMETERS).search(query(2), 5).documents).toHaveLength(0);
    const bm25 = createBm25(raggedFrom([[], [2]]), 3, PARAMETERS);
    expect([...bm25.search(query(2), 5).documents]).toEqual([1]);
    expect(bm25.search(query(), 5).documents).toHaveLength(0);
  });

  it('agrees with the formula on any corpus, and candidates score as the whole corpus does, to the bit', () => {
    const words = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 12 }), words, (documents, asked) => {
        const bm25 = createBm25(raggedFrom(documents), 13, PARAMETERS);
        const found = bm25.search(Uint32Array.from(asked), documents.length);
        const everyone = Uint32Array.from(documents.keys());
        const all = bm25.rankCandidates(Uint32Array.from(asked), everyone);
        for (const [i, d] of all.documents.entries())
          expect(all.scores[i]).toBeCloseTo(naiveScore(documents, asked, d), 10);
        expect([...all.documents.subarray(0, found.documents.length)]).toEqual([...found.documents]);
        expect([...all.scores.subarray(0, found.scores.length)]).toEqual([...found.scores]);
      }),
    );
  });
});
