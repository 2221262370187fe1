/** Source texts and places in them, and how a place becomes the location of a diagnostic. */
import { dirname } from 'node:path';
import type { Diagnostic, Location } from '../../base/diagnostic.ts';

/** A text that the user wrote: a file, or one `--set`. */
export interface Source {
  /** Absolute path, or `--set`. */
  readonly file: string;
  /** The folder that relative paths written in it start from. */
  readonly directory: string;
  readonly text: string;
}

/** A range of a source; offsets in UTF-16 code units, `end` exclusive. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Collects problems as they are found, so that all of them are reported together. */
export type Report = (diagnostic: Diagnostic) => void;

export function fileSource(file: string, text: string): Source {
  return { file, directory: dirname(file), text };
}

const lineStarts = new WeakMap<Source, readonly number[]>();

function startsOfLines(source: Source): readonly number[] {
  let starts = lineStarts.get(source);
  if (!starts) {
    const found = [0];
    for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1))
      found.push(at + 1);
    lineStarts.set(source, (starts = found));
  }
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A place that spans several lines is shown by its first line. */
export function locate({ source, start, end }: Place): Location {
  const starts = startsOfLines(source);
  const line = lineOf(starts, start);
  const from = starts[line]!;
  const until = endOfLine(source.text, starts[line + 1]);
  const last = Math.min(end, from + source.text.slice(from, until).trimEnd().length);
  return {
    file: source.file,
    line: line + 1,
    column: start - from + 1,
    length: Math.max(1, last - start),
    text: source.text.slice(from, until),
  };
}

/** Where the line before `next` ends, without its line break. No search: the line may have a megabyte. */
function endOfLine(text: string, next: number | undefined): number {
  if (next === undefined) return text.length;
  return text[next - 2] === '\r' ? next - 2 : next - 1;
}

export interface Remarks {
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
}

export function errorAt(place: Place, message: string, { hint, related }: Remarks = {}): Diagnostic {
  return {
    severity: 'error',
    message,
    location: locate(place),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined || related.length === 0
      ? {}
      : { related: related.map((other) => ({ message: other.message, location: locate(other.place) })) }),
  };
}
