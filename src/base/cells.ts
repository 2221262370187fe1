let graphemes: Intl.Segmenter | undefined;

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f/u;
const INVISIBLE = /^[\p{Mark}\p{Format}]+$/u;

/** How many terminal cells a text takes: East Asian wide characters and emoji take two, marks none. */
export function cells(text: string): number {
  // Printable ASCII is the usual case, and the segmenter costs milliseconds to make.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += cellsOfGrapheme(segment);
  return width;
}

function cellsOfGrapheme(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
