/**
 * What a pass over the documents counts: in how many of them a word occurs, for content words and idf, and a shingle
 * (a run of four words), for boilerplate. Shingles are counted by a hash in a table of fixed size: two may share a slot,
 * which makes a text look a little more common than it is.
 */
import { log } from '../../src/base/math.ts';
import type { Word } from './text/words.ts';
import type { Span } from './text/sentences.ts';
import { CHARACTER_CLASSES, LETTER, SINGLE } from '../../src/retrieval/characters.ts';

export interface Statistics {
  /** Whether a word says what a text is about: not too frequent, and not a number or one or two letters. */
  readonly isContent: (key: string) => boolean;
  idf(key: string): number;
  /** Documents with the word, among the counted ones. */
  documentsWith(key: string): number;
  /** Whether more than half of the shingles of a span occur in many documents. */
  isBoilerplate(words: readonly Word[], span: Span): boolean;
  documentsTitled(title: string): number;
  /** Whether the words, if they were independent, would hardly meet in a document by chance. */
  isSpecific(keys: Iterable<string>): boolean;
  /** Wordy but too frequent to be content, in the order of the text. */
  commonWords(): readonly string[];
}

export interface Counter {
  add(document: number, words: readonly Word[], title: string | null): void;
  finish(): Statistics;
}

/** Of more documents than this, an even sample is counted. */
export const MOST_COUNTED = 100_000;
const SLOTS = 1 << 24;
const WIDTH = 4;
/** Content words occur in at most this fraction of the documents. */
const COMMON = 0.05;
/**
 * Words meet by chance in N · Π(df / N) documents. Their idf must add up to this many times log N, since the words of a
 * text are not independent.
 */
const SPECIFIC = 1.25;
/** A shingle of boilerplate is in more documents than this, or than one in BOILERPLATE_SHARE. */
const BOILERPLATE = 3;
const BOILERPLATE_SHARE = 5000;
const MOST = 255;

export function statisticsCounter(): Counter {
  const frequency = new Map<string, number>();
  const titles = new Map<string, number>();
  const counts = new Uint8Array(SLOTS);
  const last = new Int32Array(SLOTS).fill(-1);
  let documents = 0;

  const add: Counter['add'] = (document, words, title) => {
    documents += 1;
    for (const key of new Set(words.map((word) => word.key)))
      frequency.set(key, (frequency.get(key) ?? 0) + 1);
    if (title !== null) titles.set(title, (titles.get(title) ?? 0) + 1);
    for (const slot of shingleSlots(words, { from: 0, to: words.length })) {
      if (last[slot] === document) continue;
      last[slot] = document;
      if (counts[slot]! < MOST) counts[slot]! += 1;
    }
  };

  const finish = (): Statistics => {
    const common = Math.max(2, COMMON * documents);
    const shared = Math.min(MOST - 1, Math.max(BOILERPLATE, documents / BOILERPLATE_SHARE));
    const documentsWith = (key: string): number => frequency.get(key) ?? 0;
    const idf = (key: string): number => log((documents + 1) / (documentsWith(key) + 0.5));
    return {
      isContent: (key) => documentsWith(key) <= common && isWordy(key),
      idf,
      documentsWith,
      isBoilerplate: (words, span) => {
        const slots = shingleSlots(words, span);
        return slots.filter((slot) => counts[slot]! > shared).length > slots.length / 2;
      },
      isSpecific: (keys) => {
        let sum = 0;
        for (const key of keys) sum += Math.max(0, idf(key));
        return sum >= SPECIFIC * log(documents + 1);
      },
      documentsTitled: (title) => titles.get(title) ?? 0,
      commonWords: () => [...frequency].flatMap(([key, n]) => (n > common && isWordy(key) ? [key] : [])),
    };
  };
  return { add, finish };
}

/** Letters, and in scripts whose words are short, any number of them. */
function isWordy(key: string): boolean {
  const first = CHARACTER_CLASSES[key.codePointAt(0) ?? 0];
  if (first === SINGLE) return true;
  return first === LETTER && (key.length >= 3 || key.codePointAt(0)! > 0x24f);
}

/** Table slots of the shingles of a span; a shorter one is one shingle. */
function shingleSlots(words: readonly Word[], { from, to }: Span): number[] {
  const slots: number[] = [];
  for (let start = from; start === from || start + WIDTH <= to; start++) {
    let hash = 0x811c9dc5;
    for (let i = start; i < Math.min(start + WIDTH, to); i++) {
      const { key } = words[i]!;
      for (let c = 0; c < key.length; c++) hash = Math.imul(hash ^ key.charCodeAt(c), 0x01000193);
      hash = Math.imul(hash ^ 0x20, 0x01000193);
    }
    slots.push((hash ^ (hash >>> 15)) & (SLOTS - 1));
  }
  return slots;
}
