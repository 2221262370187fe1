/** Markdown helpers: tables, escaped text and numbers. */

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const LONGEST = 240;

/** A text as one line of escaped Markdown, truncated if it is long. */
export function plain(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : line;
  return short.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** `p = 0.012`, or `p < 0.001`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** `0.812, 0.840` */
export const spanText = (
  [low, high]: readonly [number, number],
  text = (value: number): string => value.toFixed(3),
): string => `${text(low)}, ${text(high)}`;
