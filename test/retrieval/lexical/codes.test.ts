import { describe, expect, it } from 'vitest';
import type { WordFrequency } from '../../../src/formats/lexical.ts';
import { addCode, codesOf, productWithCode } from '../../../src/retrieval/lexical/codes.ts';

const entries = (words: readonly string[]): WordFrequency[] =>
  words.map((word, rank) => ({ word, documents: 1, rank }));
const WORDS = Array.from({ length: 200 }, (_, i) => `word${i}`);

function vectorOf(word: number, dimensions: number, seed = 1, words = WORDS): Float64Array {
  const vector = new Float64Array(dimensions);
  addCode(codesOf(entries(words), { dimensions, seed }), word, 1, vector);
  return vector;
}

describe('the code of a word', () => {
  it('is one of the first dimensions for the most frequent words, an eighth of all', () => {
    for (const word of [0, 7, 15])
      expect(vectorOf(word, 128)).toEqual(Float64Array.from({ length: 128 }, (_, i) => (i === word ? 1 : 0)));
  });

  it('is 16 values of a quarter with signs in the other dimensions for any other word, one in each slice', () => {
    const vector = vectorOf(16, 128);
    const used = [...vector.entries()].filter(([, value]) => value !== 0);
    expect(used.map(([, value]) => Math.abs(value))).toEqual(Array(16).fill(0.25));
    expect(used.map(([position]) => Math.floor((position - 16) / 7))).toEqual([...Array(16).keys()]);
    expect(new Set(used.map(([, value]) => value)).size).toBe(2);
  });

  it('depends on the text of the word and the seed, not on the other words', () => {
    const others = [...WORDS.slice(0, 100), 'new', ...WORDS.slice(100)];
    expect(vectorOf(101, 128, 1, others)).toEqual(vectorOf(100, 128));
    expect(vectorOf(100, 128, 2)).not.toEqual(vectorOf(100, 128));
  });

  it('is nearly orthogonal to those of other words', () => {
    const codes = codesOf(entries(WORDS), { dimensions: 512, seed: 1 });
    let squares = 0;
    for (let word = 65; word < 200; word++) {
      const product = productWithCode(codes, word, vectorOf(64, 512));
      squares += product * product;
      expect(productWithCode(codes, word, vectorOf(word, 512))).toBeCloseTo(1, 12);
    }
    // Random unit vectors have products with a mean square of 1 / dimensions.
    expect(Math.sqrt(squares / 135)).toBeLessThan(2 / Math.sqrt(448));
  });

  it('exists in any number of dimensions', () => {
    for (const dimensions of [1, 2, 9, 17]) {
      const vector = vectorOf(150, dimensions);
      expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 12);
    }
  });
});
