/**
 * Character classes for the tokenizer, by Unicode 15.0 whatever version Node has. Characters of later versions are
 * `UNASSIGNED` on every Node, so that a text has the same tokens everywhere.
 */
import { CLASS_RUNS } from './character-classes.generated.ts';

/** White space, punctuation, symbols, controls, private use. */
export const SEPARATOR = 0;
/** Letters, and numbers that are not decimal digits (Ⅻ, ፲). */
export const LETTER = 1;
/** Combining marks, which belong to the preceding character. */
export const MARK = 2;
/** Decimal digits of any script. */
export const DIGIT = 3;
/** Han and Hiragana, written without spaces: each character is a token. */
export const SINGLE = 4;
/** Invisible characters (soft hyphen, joiners, variation selectors): removed. */
export const IGNORED = 5;
/** Code points that Unicode 15.0 does not assign, and lone surrogates. */
export const UNASSIGNED = 6;
/** ' and ’ and ʼ. */
export const APOSTROPHE = 7;
export const POINT = 8;
export const COMMA = 9;

export type CharacterClass = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

const LETTERS: Readonly<Record<string, CharacterClass>> = {
  s: SEPARATOR,
  l: LETTER,
  m: MARK,
  d: DIGIT,
  c: SINGLE,
  i: IGNORED,
  u: UNASSIGNED,
};

const OWN: readonly (readonly [string, CharacterClass])[] = [
  ["'’ʼ", APOSTROPHE],
  ['.', POINT],
  [',', COMMA],
];

function classTable(): Uint8Array {
  const table = new Uint8Array(0x110000);
  let position = 0;
  for (const [, letter, length] of CLASS_RUNS.matchAll(/([a-z])(\d*)/g)) {
    const end = position + (length === '' ? 1 : Number(length));
    table.fill(LETTERS[letter!]!, position, end);
    position = end;
  }
  for (const [characters, own] of OWN) {
    for (const character of characters) table[character.codePointAt(0)!] = own;
  }
  return table;
}

/** [0x110000]: code point → class. */
export const CHARACTER_CLASSES: Uint8Array = classTable();
