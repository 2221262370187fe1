/** What a method gets and gives. Each method has a file of its own; the guards are in ../guards.ts. */
import type { Random } from '../../../src/base/random.ts';
import type { Lengths } from '../lengths.ts';
import type { SynthesizeParams } from '../parameters.ts';
import type { Statistics } from '../statistics.ts';
import type { Analysed } from '../text/analysed.ts';
import { textOf, type Span } from '../text/sentences.ts';

export interface Proposal {
  readonly text: string;
  /** Of its words. */
  readonly keys: readonly string[];
  /** The run of the document that it was taken from, if it is one. */
  readonly span?: Span;
}

export interface Setting {
  readonly statistics: Statistics;
  readonly lengths: Lengths;
  readonly keyTerms: SynthesizeParams['key_terms'];
  /** Words to mix into key terms. */
  readonly noise: readonly string[];
}

/** One proposal, drawn with `numbers`; undefined if the document has none. Another call may give another. */
export type Method = (document: Analysed, setting: Setting, numbers: Random) => Proposal | undefined;

/** Words by which a span may grow on each side, so that it does not cut a name in two. */
const MOST_ADDED = 3;

/**
 * A span without the words at its ends that say nothing, and with the content words next to it, within `limits`.
 * Undefined if it has no content word.
 */
export function trimmed(
  { text, words }: Analysed,
  span: Span,
  limits: Span,
  { isContent }: Statistics,
): Span | undefined {
  let { from, to } = span;
  while (from < to && !isContent(words[from]!.key)) from += 1;
  while (from < to && !isContent(words[to - 1]!.key)) to -= 1;
  if (from === to) return undefined;
  const joined = (i: number): boolean =>
    isContent(words[i]!.key) &&
    isContent(words[i + 1]!.key) &&
    /^[\s-]?$/.test(text.slice(words[i]!.end, words[i + 1]!.start));
  const first = Math.max(limits.from, from - MOST_ADDED);
  const last = Math.min(limits.to, to + MOST_ADDED);
  while (from > first && joined(from - 1)) from -= 1;
  while (to < last && joined(to - 1)) to += 1;
  return { from, to };
}

export function proposalOf({ text, words }: Analysed, span: Span): Proposal {
  return {
    text: textOf(text, words, span),
    keys: words.slice(span.from, span.to).map(({ key }) => key),
    span,
  };
}

/** A run of `length` words at a random place of a span, or all of it. */
export function part({ from, to }: Span, length: number, numbers: Random): Span {
  if (to - from <= length) return { from, to };
  const start = from + numbers.integer(to - from - length + 1);
  return { from: start, to: start + length };
}
