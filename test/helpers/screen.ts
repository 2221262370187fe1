/**
 * A small model of a terminal: enough for what the command prints. A line that is too long wraps, a screen that is full
 * scrolls, and a narrower screen wraps what is on it, as most terminals do.
 */
import { cells } from '../../src/base/cells.ts';

const TOKENS =
  /\u001b\]size;(?<rows>\d+);(?<columns>\d+)\u0007|\u001b\[(?<arguments>[\d;?]*)(?<order>[A-Za-z])|\r|\n|(?<text>[^\u0000-\u001f]+)/gu;

export class Screen {
  /** From the top; the cursor's line is the last that was written, or one above. */
  private lines: string[] = [''];
  private row = 0;
  private column = 0;
  /** Lines that scrolled out of sight. */
  readonly above: string[] = [];
  private rows: number;
  private columns: number;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
  }

  /** What is to be seen, without empty lines at the end. */
  get shown(): readonly string[] {
    const text = this.lines.map((line) => line.trimEnd());
    while (text.length > 0 && text.at(-1) === '') text.pop();
    return text;
  }

  write(output: string): void {
    for (const { 0: token, groups = {} } of output.matchAll(TOKENS)) {
      if (groups['rows'] !== undefined) this.resize(Number(groups['rows']), Number(groups['columns']));
      else if (groups['order'] !== undefined) this.obey(groups['order'], Number(groups['arguments']) || 1);
      else if (token === '\r') this.column = 0;
      else if (token === '\n') this.down();
      else for (const character of token) this.put(character);
    }
  }

  private obey(order: string, count: number): void {
    if (order === 'A') this.row = Math.max(0, this.row - count);
    else if (order === 'H') [this.row, this.column] = [0, 0];
    else if (order === 'J') {
      this.lines.length = this.row + 1;
      this.lines[this.row] = this.lines[this.row]!.slice(0, this.column);
    } else if (order !== 'm') throw new Error(`the model does not know ${order}`);
  }

  private put(character: string): void {
    const width = cells(character);
    if (this.column + width > this.columns) {
      this.down();
      this.column = 0;
    }
    const line = this.lines[this.row]!.padEnd(this.column);
    this.lines[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column += width;
  }

  private down(): void {
    this.row += 1;
    if (this.row === this.lines.length) this.lines.push('');
    this.scroll();
  }

  private scroll(): void {
    while (this.lines.length > this.rows) {
      this.above.push(this.lines.shift()!.trimEnd());
      this.row = Math.max(0, this.row - 1);
    }
  }

  private resize(rows: number, columns: number): void {
    const wrapped: string[] = [];
    let row = 0;
    for (const [index, line] of this.lines.entries()) {
      if (index === this.row) row = wrapped.length;
      for (let start = 0; start === 0 || start < line.trimEnd().length; start += columns)
        wrapped.push(line.slice(start, start + columns));
    }
    [this.lines, this.row, this.rows, this.columns] = [wrapped, row, rows, columns];
    this.scroll();
  }
}
