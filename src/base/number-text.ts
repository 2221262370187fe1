/** How numbers are rounded for people, in every table, headline and message. JSON output keeps full precision. */

/** Thousands separated by commas; four decimals, or as many as it takes to show two digits of a small number. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value === 0 ? '0' : value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return withoutZeros(value.toFixed(1));
  return size >= 0.001 ? withoutZeros(value.toFixed(4)) : withoutZeros(value.toPrecision(2));
}

/** `0.2500`: always four decimals, so that the numbers of a column are aligned; from 10 on as everywhere else. */
export function alignedText(value: number): string {
  return Math.abs(value) >= 10 || !Number.isFinite(value) ? numberText(value) : value.toFixed(4);
}

/** `+0.25`, `−0.25`, `0`, with the text of the size from `text`. */
export function signedText(value: number, text: (size: number) => string = numberText): string {
  return value === 0 ? '0' : `${value > 0 ? '+' : '−'}${text(Math.abs(value))}`;
}

/** `1.50` → `1.5`, `3.0` → `3`, `1.0e-7` → `1e-7`. */
function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}
