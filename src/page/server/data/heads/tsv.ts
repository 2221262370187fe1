import type { Beginning, Head } from './beginning.ts';

const MOST_ROWS = 50;
const LONGEST_CELL = 500;

/** Its first lines as a table. The first line is a header unless it looks like the second. */
export function tsvHead({ bytes, size }: Beginning, separator: string): Head {
  const whole = bytes.length === size;
  const lines = bytes.toString('utf8').split('\n');
  // The last line is empty, or cut off.
  if (lines.at(-1) === '' || !whole) lines.pop();
  const cells = lines.slice(0, MOST_ROWS + 1).map((line) =>
    line
      .replace(/\r$/, '')
      .split(separator)
      .map((cell) => cell.slice(0, LONGEST_CELL)),
  );
  const [first = [], second] = cells;
  const hasHeader = second === undefined || !first.some(isNumber);
  const columns = hasHeader ? first : first.map((_, i) => String(i + 1));
  const rows = cells.slice(hasHeader ? 1 : 0, (hasHeader ? 1 : 0) + MOST_ROWS);
  const total = whole ? lines.length - (hasHeader ? 1 : 0) : null;
  return {
    content: { type: 'table', tables: [{ name: null, columns, rows, total }] },
    left: total === rows.length ? null : `The first ${rows.length} rows.`,
  };
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));
