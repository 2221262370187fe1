/**
 * The part of a line that a diagnostic shows. Only the text near the underlined part is looked at, so that an error in a
 * line of a megabyte costs no more than one in a short line. Printing is in print.ts.
 */
import { cells, graphemes } from '../base/cells.ts';

/** A line shortened for the terminal: its text, and the cells before the underlined part and in it. */
export interface Window {
  readonly text: string;
  readonly before: number;
  readonly length: number;
}

/** Longer lines are shortened around the underlined part. */
const MAX_CELLS = 100;
/** How much of them the underlined part may take. */
const MAX_UNDERLINED = 60;
/** Code units looked at on each side: enough for a line of MAX_CELLS, except in long emoji sequences. */
const REACH = 3 * MAX_CELLS;
const TAB = '    ';

/** `column` counts from 1; it and `length` are in UTF-16 code units. */
export function windowOf({
  text,
  column,
  length,
}: {
  readonly text: string;
  readonly column: number;
  readonly length: number;
}): Window {
  const start = column - 1;
  const end = Math.min(text.length, start + length);
  const head = rangeOf(text, Math.max(0, start - REACH), start, start > REACH);
  const body = rangeOf(text, start, Math.min(end, start + REACH), end - start > REACH);
  const tail = rangeOf(text, end, Math.min(text.length, end + REACH), text.length - end > REACH);
  const widths = [head, body, tail].map(widthOf);
  const fits = widths.reduce((sum, width) => sum + width) <= MAX_CELLS;
  const middle = fits ? body.text : keepStart(body, MAX_UNDERLINED);
  const spare = MAX_CELLS - cells(middle);
  const left = fits ? head.text : keepEnd(head, Math.max(Math.floor(spare / 2), spare - widths[2]!));
  const right = fits ? tail.text : keepStart(tail, spare - cells(left));
  return { text: left + middle + right, before: cells(left), length: Math.max(1, cells(middle)) };
}

/** A range of a line as shown. `more`: the line goes on beyond it. */
interface Range {
  readonly text: string;
  readonly more: boolean;
}

function rangeOf(text: string, from: number, to: number, more: boolean): Range {
  return { text: piece(text, from, to), more };
}

/** Infinite for what certainly has to be shortened: measuring costs more than everything else here. */
function widthOf({ text, more }: Range): number {
  return more ? Infinity : cells(text);
}

/** The range as shown; a surrogate pair that it cuts in half is left out. */
function piece(text: string, from: number, to: number): string {
  const first = isLow(text, from) && from > 0 ? from + 1 : from;
  const last = isLow(text, to) && to > first ? to - 1 : to;
  return visible(text.slice(first, last));
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function keepStart(range: Range, most: number): string {
  return widthOf(range) <= most ? range.text : `${fitting(graphemes(range.text), most - 1).join('')}…`;
}

function keepEnd(range: Range, most: number): string {
  if (widthOf(range) <= most) return range.text;
  const kept = fitting([...graphemes(range.text)].reverse(), most - 1);
  return `…${kept.reverse().join('')}`;
}

/** As many characters as there is room for. */
function fitting(characters: Iterable<string>, room: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += cells(character);
    if (used > room) break;
    kept.push(character);
  }
  return kept;
}

/** Replaces tabs by spaces and control characters by visible symbols, so that no file can control the terminal. */
export function visible(text: string): string {
  return text
    .replaceAll('\t', TAB)
    .replaceAll('\n', ' ')
    .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '·');
}

const MAX_WORD = 300;
const MAX_SENTENCE = 2_000;

/** A message as shown: what it quotes from a file may be as long as the file. */
export function bounded(message: string): string {
  const words = message.replace(/\S+/g, (word) =>
    word.length > MAX_WORD
      ? `${piece(word, 0, MAX_WORD - 60)}…${piece(word, word.length - 60, word.length)}`
      : word,
  );
  return visible(words.length > MAX_SENTENCE ? `${piece(words, 0, MAX_SENTENCE)}…` : words);
}
