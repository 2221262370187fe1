/** The words of a question, and which of them a vocabulary knows. */
import { UNKNOWN } from '../formats/tokens.ts';

/** Ids of the words; those that are not in the vocabulary are `UNKNOWN`. */
export function idsOf(words: readonly string[], vocabulary: ReadonlyMap<string, number>): Uint32Array {
  return Uint32Array.from(words, (word) => vocabulary.get(word) ?? UNKNOWN);
}

export interface ModelQuestion {
  /** As the model reads them: truncated, words without a row as `UNKNOWN` or by ids of their own behind the rows. */
  readonly ids: Uint32Array;
  /** The words behind the ids from `rows` on, in order. */
  readonly named: readonly string[];
  /** Words that the model has no row for, each once, in order. */
  readonly unknown: readonly string[];
}

export interface ModelWords {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Ids below this have a row in the model's table. */
  readonly rows: number;
  readonly maximum: number;
  /** Whether the model takes other words by their n-grams. */
  readonly knowsNgrams: boolean;
}

export function modelQuestion(
  words: readonly string[],
  { vocabulary, rows, maximum, knowsNgrams }: ModelWords,
): ModelQuestion {
  const unknown = new Map<string, number>();
  const ids = Uint32Array.from(words.slice(0, maximum), (word) => {
    const id = vocabulary.get(word);
    if (id !== undefined && id < rows && id !== UNKNOWN) return id;
    if (!unknown.has(word)) unknown.set(word, rows + unknown.size);
    return knowsNgrams ? unknown.get(word)! : UNKNOWN;
  });
  return { ids, named: knowsNgrams ? [...unknown.keys()] : [], unknown: [...unknown.keys()] };
}
