/**
 * Lexical vectors: the inner product of a query's and a document's is close to their BM25 score (bm25.ts) as a fraction
 * of the highest score that the query can reach, so that it is about 0 without a common word and at most about 1.
 *
 *   query     Σ tf · √w · u(word) / Σ tf · w
 *   document  Σ √w · tf / (tf + k1 · (1 − b + b · |d| / average |d|)) · u(word), corrected by fit.ts
 *
 * w is the word's weight: idf, or its square (word-scorings.ts). u(word) is the word's code (codes.ts). The square root
 * of w on either side makes the noise least.
 */
import { addCode } from './codes.ts';
import { fitWeights } from './fit.ts';
import type { Lexicon } from './lexicon.ts';

/** Adds the vector of a text to vectors[at …], which is zero before. `places` are the places of its words, −1 if none. */
export type LexicalEncoder = (places: Iterable<number>, vectors: Float32Array, at: number) => void;

export function queryEncoder({ weights, codes, settings }: Lexicon): LexicalEncoder {
  const sum = new Float64Array(settings.dimensions);
  return (places, vectors, at) => {
    let highest = 0;
    for (const place of places) {
      if (place < 0) continue;
      highest += weights[place]!;
      addCode(codes, place, Math.sqrt(weights[place]!), sum);
    }
    if (highest > 0) for (let i = 0; i < sum.length; i++) vectors[at + i] = sum[i]! / highest;
    sum.fill(0);
  };
}

export function documentEncoder({ weights, codes, settings }: Lexicon): LexicalEncoder {
  const { dimensions, k1, b, average_length } = settings;
  const sum = new Float64Array(dimensions);
  return (places, vectors, at) => {
    const counts = new Map<number, number>();
    let length = 0;
    for (const place of places) {
      length += 1;
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    const words = Uint32Array.from(counts.keys());
    const saturation = k1 * (1 - b + (b * length) / average_length);
    const wanted = Float64Array.from(words, (place) => {
      const tf = counts.get(place)!;
      return (Math.sqrt(weights[place]!) * tf) / (tf + saturation);
    });
    const fitted = fitWeights(codes, words, wanted, sum);
    for (const [i, word] of words.entries()) addCode(codes, word, fitted[i]!, sum);
    vectors.set(sum, at);
    sum.fill(0);
  };
}
