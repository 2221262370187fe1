/** Formats metrics and tables for the terminal. Numbers, durations and sizes are in src/base/. */
import { cells } from '../../base/cells.ts';
import { numberText } from '../../base/number-text.ts';

export { bytesText, durationText } from '../../base/quantity-text.ts';

export function metricText(value: number | string | boolean | null): string {
  return typeof value === 'number' ? numberText(value) : String(value ?? '–');
}

export type Alignment = 'left' | 'right';

/** Columns two spaces apart, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[], alignment: readonly Alignment[] = []): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cells(cell))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const padding = ' '.repeat(widths[column]! - cells(cell));
          return alignment[column] === 'right' ? padding + cell : cell + padding;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A word of a command, for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
