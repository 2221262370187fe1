import stringWidth from 'string-width';

/** How many terminal cells a text takes: East Asian wide characters and emoji take two, marks none. */
export function cells(text: string): number {
  return stringWidth(text);
}
