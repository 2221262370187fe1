/** Fits texts with colours into a number of terminal cells. */
import { cells } from '../../base/cells.ts';

const SEQUENCE = /(\u001b\[[\d;]*m)/;
const graphemes = new Intl.Segmenter();

/** The text, or as much of it as fits before an ellipsis. Colours are reset where it is cut. */
export function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = '';
  let used = 0;
  let isStyled = false;
  for (const part of text.split(SEQUENCE)) {
    if (SEQUENCE.test(part)) {
      isStyled = true;
      kept += part;
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      used += cells(segment);
      if (used >= width) return `${kept}${width > 0 ? '…' : ''}${isStyled ? '\u001b[0m' : ''}`;
      kept += segment;
    }
  }
  return kept;
}

/** Cut or filled with spaces to exactly this width. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - cells(short)));
}
