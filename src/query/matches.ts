/** Where a text has words of a question. */
import type { Tokenizer } from '../retrieval/tokenizer.ts';

/** A range of UTF-16 code units. */
export type Span = readonly [start: number, end: number];

/** Parts of a text that can hold a word, as people would mark them: without the punctuation around them. */
const PIECE = /[\p{L}\p{N}\p{M}]+(?:['’ʼ.,][\p{L}\p{N}\p{M}]+)*/gu;
const WITHOUT_SPACES = /^[\p{Script=Han}\p{Script=Hiragana}]$/u;

export interface Matches {
  /** Ranges of `text` with a word of the question, in order, at most `mostSpans`. `words`: those of the question. */
  in(text: string, words: ReadonlySet<string>, mostSpans: number): Span[];
}

/**
 * Characters of the texts whose pieces are remembered, about 1.5 bytes for each beside the texts, and distinct pieces.
 * Documents that answer questions are often the same.
 */
const [MOST_CHARACTERS, MOST_PIECES] = [10_000_000, 200_000];

/** The words of a text, as numbers: place, number of the piece, and so on. */
type Places = Uint32Array;

/** A distinct piece of all texts. */
interface Piece {
  readonly text: string;
  readonly words: readonly string[];
  /** Of the latest question that asked, and whether it has a word of it. */
  asked: number;
  isMatch: boolean;
}

/** For many questions: what was found in a text or a piece is found once. `most`: as `MOST_CHARACTERS`, for tests. */
export function openMatches({ tokenize }: Pick<Tokenizer, 'tokenize'>, most = MOST_CHARACTERS): Matches {
  const texts = new Map<string, Places>();
  const numbers = new Map<string, number>();
  let pieces: Piece[] = [];
  let characters = 0;
  let question = 0;
  let latest: ReadonlySet<string> | undefined;
  const forget = (): void => {
    texts.clear();
    numbers.clear();
    pieces = [];
    characters = 0;
  };
  const numberOf = (text: string): number => {
    let number = numbers.get(text);
    if (number === undefined) {
      number = pieces.length;
      numbers.set(text, number);
      pieces.push({ text, words: tokenize(text), asked: 0, isMatch: false });
    }
    return number;
  };
  const placesOf = (text: string): Places => {
    const known = texts.get(text);
    if (known) return known;
    if (characters + text.length > most || pieces.length > MOST_PIECES) forget();
    const found: number[] = [];
    for (const { 0: piece, index } of text.matchAll(PIECE)) found.push(index, numberOf(piece));
    const places = Uint32Array.from(found);
    characters += text.length;
    texts.set(text, places);
    return places;
  };
  return {
    in(text, words, mostSpans) {
      if (words !== latest) question += 1;
      latest = words;
      const places = placesOf(text);
      const spans: Span[] = [];
      for (let i = 0; i < places.length && spans.length < mostSpans; i += 2) {
        const piece = pieces[places[i + 1]!]!;
        if (piece.asked !== question) {
          piece.asked = question;
          piece.isMatch = piece.words.some((word) => words.has(word));
        }
        if (!piece.isMatch) continue;
        const found = piece.words.filter((word) => words.has(word));
        for (const [start, end] of spansOf(piece.text, found))
          spans.push([places[i]! + start, places[i]! + end]);
      }
      return spans.slice(0, mostSpans);
    },
  };
}

/** Where characters are words, each by itself; else the whole piece. */
function spansOf(piece: string, found: readonly string[]): Span[] {
  if (!found.every((word) => WITHOUT_SPACES.test(word))) return [[0, piece.length]];
  return found.flatMap((word) => {
    const start = piece.indexOf(word);
    return start < 0 ? [] : [[start, start + word.length] as const];
  });
}
