/** Where a text has words of a question. */
import type { Tokenizer } from '../retrieval/tokenizer.ts';

/** A range of UTF-16 code units. */
export type Span = readonly [start: number, end: number];

/** Parts of a text that can hold a word, as people would mark them: without the punctuation around them. */
const PIECE = /[\p{L}\p{N}\p{M}]+(?:['’ʼ.,][\p{L}\p{N}\p{M}]+)*/gu;
const WITHOUT_SPACES = /^[\p{Script=Han}\p{Script=Hiragana}]$/u;

/** A part of a text, and the words that it holds. */
interface Piece {
  readonly start: number;
  readonly text: string;
  readonly words: readonly string[];
}

export interface Matches {
  /** Ranges of `text` with a word of the question, in order, at most `most`. `words`: those of the question. */
  in(text: string, words: ReadonlySet<string>, most: number): Span[];
}

/** Characters of the texts whose pieces are remembered, and pieces whose words are. */
const [MOST_CHARACTERS, MOST_PIECES] = [10_000_000, 200_000];

/** For many questions: the documents that answer them are often the same, and the pieces of documents always. */
export function openMatches({ tokenize }: Pick<Tokenizer, 'tokenize'>): Matches {
  const texts = new Map<string, readonly Piece[]>();
  let characters = 0;
  const wordsOf = new Map<string, readonly string[]>();
  const piecesOf = (text: string): readonly Piece[] => {
    const known = texts.get(text);
    if (known) return known;
    const pieces: Piece[] = [];
    for (const { 0: piece, index } of text.matchAll(PIECE)) {
      let words = wordsOf.get(piece);
      if (!words) {
        if (wordsOf.size >= MOST_PIECES) wordsOf.clear();
        wordsOf.set(piece, (words = tokenize(piece)));
      }
      if (words.length > 0) pieces.push({ start: index, text: piece, words });
    }
    characters += text.length;
    if (characters > MOST_CHARACTERS) {
      texts.clear();
      characters = text.length;
    }
    texts.set(text, pieces);
    return pieces;
  };
  return {
    in(text, words, most) {
      const spans: Span[] = [];
      for (const piece of piecesOf(text)) {
        if (spans.length >= most) break;
        if (!piece.words.some((word) => words.has(word))) continue;
        const found = piece.words.filter((word) => words.has(word));
        for (const [start, end] of spansOf(piece.text, found))
          spans.push([piece.start + start, piece.start + end]);
      }
      return spans.slice(0, most);
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
