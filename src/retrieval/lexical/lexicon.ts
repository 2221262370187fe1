/**
 * The words of a corpus with their document frequencies and codes: what lexical vectors of its documents and of any
 * query are made of. A query word that no document has matches nothing, as in BM25, and is left out.
 */
import type { Ragged } from '../../formats/ragged.ts';
import type { LexicalSettings, WordFrequency } from '../../formats/lexical.ts';
import { SPECIAL_TOKENS } from '../../formats/tokens.ts';
import { inverseDocumentFrequency, wordWeight } from '../bm25.ts';
import { invert } from '../inverted-index.ts';
import { codesOf } from './codes.ts';

export interface Lexicon {
  readonly settings: LexicalSettings;
  /** The weight of each word in a score: idf, or its square. [words] */
  readonly weights: Float64Array;
  /** Row = word. */
  readonly codes: Ragged;
}

/** `words`: all words of the corpus, or only those of the texts to encode. `codes`: theirs, where they are known. */
export function lexiconFrom(
  settings: LexicalSettings,
  words: readonly WordFrequency[],
  codes = codesOf(words, settings),
): Lexicon {
  return {
    settings,
    weights: Float64Array.from(words, ({ documents }) =>
      wordWeight(inverseDocumentFrequency(settings.documents, documents), settings),
    ),
    codes,
  };
}

export interface CorpusWords {
  /** By falling document frequency; equal ones in the order of the vocabulary. */
  readonly words: readonly WordFrequency[];
  /** Token id → position in `words`, −1 for words of no document. */
  readonly places: Int32Array;
  /** Mean number of tokens in a document. */
  readonly averageLength: number;
}

/** `tokens`: the vocabulary. */
export function corpusWords(documents: Ragged, tokens: readonly string[]): CorpusWords {
  const { offsets, averageLength } = invert(documents, tokens.length);
  const frequency = (id: number): number => offsets[id + 1]! - offsets[id]!;
  const ids = Array.from(tokens.keys()).filter((id) => id >= SPECIAL_TOKENS.length && frequency(id) > 0);
  ids.sort((a, b) => frequency(b) - frequency(a) || a - b);
  const places = new Int32Array(tokens.length).fill(-1);
  for (const [place, id] of ids.entries()) places[id] = place;
  const words = ids.map((id, rank) => ({ word: tokens[id]!, documents: frequency(id), rank }));
  return { words, places, averageLength };
}
