import { createRequire } from 'node:module';

/** Latin-1 and common punctuation, one cell each: most of what is printed, so that the library is seldom loaded. */
const PLAIN = /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u00ff\u2010-\u2027]*$/;

let stringWidth: ((text: string) => number) | undefined;
let segmenter: Intl.Segmenter | undefined;

/**
 * How many terminal cells a text takes: East Asian wide characters and emoji take two, marks none. string-width is loaded
 * when it is first needed, because its tables of characters cost half as much as starting Node.
 */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length;
  stringWidth ??= (
    createRequire(import.meta.url)('string-width') as { readonly default: (text: string) => number }
  ).default;
  return stringWidth(text);
}

/** What a reader sees as single characters. Slow for long texts. */
export function* graphemes(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}
