/** Where a text has words of a question. */
import type { Tokenizer } from '../retrieval/tokenizer.ts';

/** A range of UTF-16 code units. */
export type Span = readonly [start: number, end: number];

/** Parts of a text that can hold a word, as people would mark them: without the punctuation around them. */
const PIECE = /[\p{L}\p{N}\p{M}]+(?:['’ʼ.,][\p{L}\p{N}\p{M}]+)*/gu;
const WITHOUT_SPACES = /^[\p{Script=Han}\p{Script=Hiragana}]$/u;

/** Ranges of `text` with a word of the question, in order, at most `most`. `words`: those of the question. */
export function matchesIn(
  text: string,
  words: ReadonlySet<string>,
  { tokenize }: Pick<Tokenizer, 'tokenize'>,
  most: number,
): Span[] {
  const spans: Span[] = [];
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (spans.length >= most) break;
    const found = tokenize(piece).filter((word) => words.has(word));
    if (found.length === 0) continue;
    spans.push(...spansOf(piece, found).map(([start, end]): Span => [index + start, index + end]));
  }
  return spans.slice(0, most);
}

/** Where characters are words, each by itself; else the whole piece. */
function spansOf(piece: string, found: readonly string[]): Span[] {
  if (!found.every((word) => WITHOUT_SPACES.test(word))) return [[0, piece.length]];
  return found.flatMap((word) => {
    const start = piece.indexOf(word);
    return start < 0 ? [] : [[start, start + word.length] as const];
  });
}
