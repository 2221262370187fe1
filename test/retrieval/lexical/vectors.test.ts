import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { raggedFrom, type Ragged } from '../../../src/formats/ragged.ts';
import { SPECIAL_TOKENS, UNKNOWN } from '../../../src/formats/tokens.ts';
import { bm25Fractions, dot, lexicalCorpus, row } from './fixtures.ts';

const VOCABULARY = [...SPECIAL_TOKENS, ...Array.from({ length: 400 }, (_, i) => `w${i}`)];

/** 60 documents of 5 to 40 words; word w has a frequency of about 1 / w. */
function documentsOf(): Ragged {
  const source = random(3, 'documents');
  const word = (): number => 2 + Math.floor(source.uniform() * source.uniform() * source.uniform() * 400);
  return raggedFrom(Array.from({ length: 60 }, () => Array.from({ length: 5 + source.integer(36) }, word)));
}

describe('lexical vectors', () => {
  it('have the inner product of two documents by hand', () => {
    // Tokens 2 and 3; N = 2, average length 1.5. idf(2) = ln(1 + 0.5 / 2.5), idf(3) = ln(1 + 1.5 / 1.5).
    const documents = raggedFrom([[2, 2], [3]]);
    const corpus = lexicalCorpus(raggedFrom([[2, 2], [3]]), [...SPECIAL_TOKENS, 'a', 'b'], 64);
    const query = corpus.query([2, 3, 3]);
    // All have their own dimension, and idf is ln 2 for both: df is 1.
    const highest = 3 * Math.LN2;
    const [first, second] = [0, 1].map((i) => corpus.document(row(documents, i)));
    const saturation = (length: number): number => 0.9 * (0.6 + (0.4 * length) / 1.5);
    expect(dot(query, first!)).toBeCloseTo((Math.LN2 * 2) / (2 + saturation(2)) / highest, 6);
    expect(dot(query, second!)).toBeCloseTo((2 * Math.LN2) / (1 + saturation(1)) / highest, 6);
  });

  it.each([
    ['BM25', { k1: 0.9, b: 0.4 }],
    ['squared idf without frequencies', { k1: 0, b: 0, idf_power: 2 as const }],
  ])('reproduce %s exactly if every word has its own dimension', (_, scoring) => {
    const documents = documentsOf();
    const corpus = lexicalCorpus(documents, VOCABULARY, 8 * 400, scoring);
    for (const query of [[2, 3, 50], [10, 10, 100], row(documents, 7)].map((ids) => Uint32Array.from(ids))) {
      const expected = bm25Fractions(documents, VOCABULARY, query, corpus);
      for (const [i, score] of expected.entries())
        expect(dot(corpus.query(query), corpus.document(row(documents, i)))).toBeCloseTo(score, 5);
    }
  });

  it('are the nearer to BM25 the more dimensions they have', () => {
    const documents = documentsOf();
    const source = random(4, 'queries');
    const queries = Array.from({ length: 30 }, () =>
      Uint32Array.from([0, 0, 0], () => 2 + source.integer(200)),
    );
    const error = (dimensions: number): number => {
      const corpus = lexicalCorpus(documents, VOCABULARY, dimensions);
      const vectors = Array.from({ length: 60 }, (_, i) => corpus.document(row(documents, i)));
      let squares = 0;
      for (const query of queries) {
        const encoded = corpus.query(query);
        for (const [i, score] of bm25Fractions(documents, VOCABULARY, query, corpus).entries())
          squares += (dot(encoded, vectors[i]!) - score) ** 2;
      }
      return Math.sqrt(squares / 1800);
    };
    const errors = [64, 256, 1024].map(error);
    expect(errors[1]).toBeLessThan(0.6 * errors[0]!);
    expect(errors[2]).toBeLessThan(0.6 * errors[1]!);
    expect(errors[2]).toBeLessThan(0.05);
  });

  it('give the words that a document has their weights with less noise than the words it lacks', () => {
    const documents = documentsOf();
    const corpus = lexicalCorpus(documents, VOCABULARY, 256);
    const errors: Record<'there' | 'absent', number[]> = { there: [], absent: [] };
    for (const i of [0, 20, 40]) {
      const vector = corpus.document(row(documents, i));
      for (let id = 2; id < 200; id++) {
        const query = Uint32Array.of(id);
        const expected = bm25Fractions(documents, VOCABULARY, query, corpus)[i]!;
        if (Number.isNaN(expected)) continue;
        errors[expected > 0 ? 'there' : 'absent'].push(dot(corpus.query(query), vector) - expected);
      }
    }
    const size = (values: readonly number[]): number =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(size(errors.there)).toBeLessThan(0.4 * size(errors.absent));
    expect(size(errors.absent)).toBeLessThan(0.1);
  });

  it('leave out words that no document has', () => {
    const documents = raggedFrom([[2, UNKNOWN], [3]]);
    const corpus = lexicalCorpus(documents, VOCABULARY, 64);
    expect(corpus.query([2, UNKNOWN, 90])).toEqual(corpus.query([2]));
    expect(corpus.query([UNKNOWN, 90])).toEqual(new Float32Array(64));
  });

  it('are zeros for a text without words', () => {
    const corpus = lexicalCorpus(raggedFrom([[], [2]]), VOCABULARY, 64);
    expect(corpus.document([])).toEqual(new Float32Array(64));
    expect(lexicalCorpus(raggedFrom([[]]), VOCABULARY, 64).document([])).toEqual(new Float32Array(64));
  });

  it('are finite for a document with more words than dimensions', () => {
    const documents = raggedFrom([Array.from({ length: 400 }, (_, i) => i + 2), [2]]);
    const corpus = lexicalCorpus(documents, VOCABULARY, 32);
    const vector = corpus.document(row(documents, 0));
    expect(Math.sqrt(dot(vector, vector))).toBeLessThan(50);
    expect(vector.every(Number.isFinite)).toBe(true);
  });
});
