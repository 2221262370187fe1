/**
 * Builds the vocabulary: counts words while texts are read, then sorts them by frequency. Texts are tokenised by
 * src/retrieval/tokenizer.ts.
 */
import { SPECIAL_TOKENS, type Vocabulary } from '../../src/formats/tokens.ts';
import { vocabularyMap } from '../../src/retrieval/tokenizer.ts';

/** Counts words and gives them provisional ids in order of appearance; the final ids come from `finish`. */
export interface WordCounter {
  /** Counts the words and returns their provisional ids. */
  count(words: readonly string[]): Uint32Array;
  /** Words that `base` lacks are added behind it. */
  finish(base?: Vocabulary): FinishedVocabulary;
}

export interface FinishedVocabulary {
  readonly vocabulary: Vocabulary;
  /** Provisional id → id. */
  readonly ids: Uint32Array;
}

/** What every vocabulary begins with. */
const SPECIAL: Vocabulary = { tokens: SPECIAL_TOKENS, counts: SPECIAL_TOKENS.map(() => 0) };

export function wordCounter(): WordCounter {
  const provisional = new Map<string, number>();
  const counts: number[] = [];
  const count = (words: readonly string[]): Uint32Array => {
    const ids = new Uint32Array(words.length);
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      let id = provisional.get(word);
      if (id === undefined) {
        id = counts.length;
        provisional.set(ownCopy(word), id);
        counts.push(0);
      }
      counts[id]!++;
      ids[i] = id;
    }
    return ids;
  };
  return { count, finish: (base = SPECIAL) => finish(base, [...provisional.keys()], counts) };
}

/** From this length on, V8 makes a slice a reference into its text, which keeps the whole text in memory. */
const SLICE = 13;

function ownCopy(word: string): string {
  return word.length < SLICE ? word : Buffer.from(word).toString();
}

/** The base, then new words by descending count; ties by code points, so that the order of texts does not matter. */
function finish(base: Vocabulary, words: readonly string[], counts: readonly number[]): FinishedVocabulary {
  const known = vocabularyMap(base);
  const order = words.flatMap((word, index) => (known.has(word) ? [] : [index]));
  order.sort((a, b) => counts[b]! - counts[a]! || compareCodePoints(words[a]!, words[b]!));
  const ids = Uint32Array.from(words, (word) => known.get(word) ?? 0);
  for (const [rank, index] of order.entries()) ids[index] = rank + base.tokens.length;
  return {
    ids,
    vocabulary: {
      tokens: [...base.tokens, ...order.map((index) => words[index]!)],
      counts: [...base.counts, ...order.map((index) => counts[index]!)],
    },
  };
}

/** Negative if `a` comes first. JavaScript's `<` compares UTF-16 units and would put U+10000 before U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return pointAt(a, i) - pointAt(b, i);
  }
  return a.length - b.length;
}

/** The code point that the UTF-16 unit at `i` belongs to. */
function pointAt(text: string, i: number): number {
  return text.codePointAt(isLowSurrogate(text.charCodeAt(i)) ? i - 1 : i)!;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Vocabulary size of models: the ids of words with at least `minCount` occurrences, at most `maximum` ids in all. */
export function modelVocabulary(vocabulary: Vocabulary, minCount: number, maximum: number): number {
  let known = SPECIAL_TOKENS.length;
  const most = Math.min(maximum, vocabulary.tokens.length);
  while (known < most && vocabulary.counts[known]! >= minCount) known++;
  return known;
}
