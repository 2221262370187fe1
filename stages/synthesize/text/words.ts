/**
 * The words of a text with their places, so that a query is cut from the text as it is written. The rules are those of
 * the tokenizer (src/retrieval/tokenizer.ts), and its table of characters makes them the same on every Node.
 */
import {
  APOSTROPHE,
  CHARACTER_CLASSES,
  COMMA,
  DIGIT,
  IGNORED,
  LETTER,
  MARK,
  POINT,
  SINGLE,
} from '../../../src/retrieval/characters.ts';
import { createTokenizer } from '../../../src/retrieval/tokenizer.ts';

export interface Word {
  readonly start: number;
  readonly end: number;
  /** Folded, without a final 's: equal for equal words. */
  readonly key: string;
}

const { fold } = createTokenizer({ normalization: 'NFKC', lowercase: true });

const classAt = (text: string, index: number): number | undefined =>
  index < text.length ? CHARACTER_CLASSES[text.codePointAt(index)!] : undefined;
const widthAt = (text: string, index: number): number => (text.codePointAt(index)! > 0xffff ? 2 : 1);

export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < text.length;) {
    const found = classAt(text, i);
    const start = i;
    if (found === LETTER || found === DIGIT) i = endOfWord(text, i);
    else if (found === SINGLE) i = endOfMarks(text, i + widthAt(text, i));
    else {
      i += widthAt(text, i);
      continue;
    }
    words.push({ start, end: i, key: keyOf(text.slice(start, i)) });
  }
  return words;
}

function endOfMarks(text: string, start: number): number {
  let i = start;
  while (classAt(text, i) === MARK) i += widthAt(text, i);
  return i;
}

function endOfWord(text: string, start: number): number {
  let previous = classAt(text, start)!;
  let i = start + widthAt(text, start);
  for (; i < text.length; i += widthAt(text, i)) {
    const found = classAt(text, i)!;
    const next = classAt(text, i + 1);
    const inside =
      found === LETTER ||
      found === DIGIT ||
      found === MARK ||
      found === IGNORED ||
      (found === APOSTROPHE && next === LETTER) ||
      ((found === POINT || found === COMMA) && previous === DIGIT && next === DIGIT);
    if (!inside) break;
    previous = found;
  }
  return i;
}

const keyOf = (written: string): string => fold(written).replace(/'s$/, '');
