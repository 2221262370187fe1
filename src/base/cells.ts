import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;

/** How many terminal cells a text takes: East Asian wide characters and emoji take two, marks none. */
export function cells(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

const segmenter = new Intl.Segmenter();

/** What a reader sees as single characters. Slow for long texts. */
export function* graphemes(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}
