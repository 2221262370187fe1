/**
 * Which questions are the same, and which nearly so: those with the same words in the same order, and those whose sets
 * of words are equal or have a Jaccard similarity of at least 0.9. Letter case and punctuation do not count.
 */
import { sharedCount } from '../../../src/base/shared-count.ts';
import { createTokenizer } from '../../../src/retrieval/tokenizer.ts';

export interface Questions {
  /** Of each text: the number of its wording, equal for equal wordings. */
  readonly wording: Uint32Array;
  /** Of each text: the number of its word set. */
  readonly set: Uint32Array;
  /** Of each set: its words by number, the rarest first. */
  readonly sets: readonly Uint32Array[];
  /** Of each set: its words in alphabetical order, with spaces between. */
  readonly names: readonly string[];
}

const { tokenize } = createTokenizer({ normalization: 'NFKC', lowercase: true });

export function compareQuestions(texts: readonly string[]): Questions {
  const wordings = numbering();
  const sets = numbering();
  const wording = new Uint32Array(texts.length);
  const set = new Uint32Array(texts.length);
  for (const [i, text] of texts.entries()) {
    const tokens = tokenize(text);
    // A text without a word, such as `???`, is a word.
    const words = tokens.length > 0 ? tokens : [text.trim()];
    wording[i] = wordings.of(words.join(' '));
    set[i] = sets.of([...new Set(words)].sort().join(' '));
  }
  return { wording, set, sets: rarestFirst(sets.names), names: sets.names };
}

interface Numbering {
  of(name: string): number;
  readonly names: readonly string[];
}

function numbering(): Numbering {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  return {
    names,
    of: (name) => {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}

/** The words of each set, numbered by ascending frequency, in ascending order. */
function rarestFirst(names: readonly string[]): Uint32Array[] {
  const frequency = new Map<string, number>();
  for (const name of names)
    for (const word of name.split(' ')) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const ranked = [...frequency].sort(([, left], [, right]) => left - right);
  const rank = new Map(ranked.map(([word], i) => [word, i]));
  return names.map((name) => Uint32Array.from(name.split(' '), (word) => rank.get(word)!).sort());
}

/** Jaccard similarity, as a fraction of integers so that the comparison is exact. */
const [NUMERATOR, DENOMINATOR] = [9, 10];
/** Sets compared for one word, at most: in a corpus of one template, all of them share most words. */
const MOST_COMPARED = 1000;

/**
 * Calls `visit` with the pairs of different sets that are similar. Two such sets share one of their few rarest words
 * (prefix filtering: Bayardo et al. 2007, "Scaling up all pairs similarity search"), so only these are looked up.
 */
export function eachSimilarPair(
  sets: readonly Uint32Array[],
  visit: (left: number, right: number) => void,
): void {
  const order = [...sets.keys()].sort((left, right) => sets[left]!.length - sets[right]!.length);
  const holding = new Map<number, number[]>();
  for (const current of order) {
    const words = sets[current]!;
    const smallest = Math.ceil((NUMERATOR * words.length) / DENOMINATOR);
    const prefix = words.subarray(0, words.length - smallest + 1);
    const seen = new Set<number>();
    for (const word of prefix) {
      const others = holding.get(word) ?? [];
      for (const other of others.slice(-MOST_COMPARED)) {
        if (seen.has(other) || sets[other]!.length < smallest) continue;
        seen.add(other);
        if (similar(words, sets[other]!)) visit(other, current);
      }
      others.push(current);
      holding.set(word, others);
    }
  }
}

/** Both in ascending order. */
function similar(left: Uint32Array, right: Uint32Array): boolean {
  const shared = sharedCount(left, right);
  return DENOMINATOR * shared >= NUMERATOR * (left.length + right.length - shared);
}
