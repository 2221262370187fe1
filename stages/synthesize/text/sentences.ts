/**
 * Splits the words of a text into sentences by a small rule of its own: `Intl.Segmenter` depends on the version of ICU,
 * and the same text must have the same sentences on every Node.
 */
import type { Word } from './words.ts';

/** Words `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const END = /[!?…。！？।۔]/;
/** A point, closing quotes and brackets, then white space. */
const POINT = /^\.+["'”’»)\]]*\s/;
/** A blank line, or a list item on a new line. */
const BREAK = /\n\s*\n|\n\s*[-*•·–]/;

/** Words that end in a point inside a sentence; single letters are initials. */
const ABBREVIATIONS = new Set(
  'al approx ca cf co dr e.g eg etc fig figs gen i.e ie inc jr ltd mr mrs ms no nos prof rev sr st vol vs'.split(
    ' ',
  ),
);

export function sentencesOf(text: string, words: readonly Word[]): Span[] {
  const sentences: Span[] = [];
  let from = 0;
  for (let i = 0; i < words.length; i++) {
    const last = i === words.length - 1;
    if (!last && !endsAfter(text, words[i]!, words[i + 1]!)) continue;
    sentences.push({ from, to: i + 1 });
    from = i + 1;
  }
  return sentences;
}

function endsAfter(text: string, word: Word, next: Word): boolean {
  const gap = text.slice(word.end, next.start);
  if (gap.length === 1) return END.test(gap) && gap > '\u02ff';
  if (BREAK.test(gap)) return true;
  if (startsLower(text, next)) return false;
  if (END.test(gap)) return true;
  return POINT.test(gap) && !isAbbreviation(text, word);
}

function isAbbreviation(text: string, { start, end, key }: Word): boolean {
  return ABBREVIATIONS.has(key) || (end - start === 1 && !/\d/.test(text[start]!));
}

function startsLower(text: string, { start }: Word): boolean {
  const first = String.fromCodePoint(text.codePointAt(start)!);
  return first !== first.toUpperCase();
}

/** Whether the sentence is a question, by the mark that follows it. */
export function isQuestion(text: string, words: readonly Word[], { to }: Span): boolean {
  const rest = text.slice(words[to - 1]!.end, words[to]?.start ?? text.length);
  return /^\s*["'”’»)\]]*\s*[?？]/.test(rest);
}

/** The text of a span as it is written, with white space collapsed. */
export function textOf(text: string, words: readonly Word[], { from, to }: Span): string {
  return text.slice(words[from]!.start, words[to - 1]!.end).replace(/\s+/g, ' ');
}
