/**
 * Character n-grams of words, hashed into buckets, so that words that look alike share a part of their vectors and rare
 * ones get any (Bojanowski et al. 2017, "Enriching word vectors with subword information"). As there, a word is
 * written between < and >, and n-grams are runs of code points.
 */
import type { NgramConfig } from '../../formats/model.ts';
import { raggedFrom, type Ragged } from '../../formats/ragged.ts';
import { SPECIAL_TOKENS } from '../../formats/tokens.ts';

/** With 0 buckets, there are no subwords. */
export type SubwordParams = NgramConfig;

/** The n-grams of one word, < and > included; the whole of it is no n-gram, as it has a vector of its own. */
export function ngramsOf(word: string, { min_n, max_n }: SubwordParams): string[] {
  const characters = Array.from(`<${word}>`);
  const ngrams: string[] = [];
  for (let start = 0; start < characters.length; start++)
    for (let n = min_n; n <= max_n && start + n <= characters.length; n++)
      if (n < characters.length) ngrams.push(characters.slice(start, start + n).join(''));
  return ngrams;
}

/** Row = token id: the buckets of its n-grams. Padding and unknown have none. */
export function subwordBuckets(tokens: readonly string[], params: SubwordParams): Ragged {
  return raggedFrom(tokens.map((word, id) => (id < SPECIAL_TOKENS.length ? [] : bucketsOf(word, params))));
}

export function bucketsOf(word: string, params: SubwordParams): number[] {
  return ngramsOf(word, params).map((ngram) => hash(ngram) % params.buckets);
}

/** FNV-1a over UTF-8 bytes. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
