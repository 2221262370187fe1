/**
 * The last lines of a terminal, drawn again and again in place. It never has more lines than the terminal has rows, nor
 * lines that wrap, so it always knows how far up it begins. What the lines say is decided by the caller.
 */
import { cut } from '../cut.ts';
import { printRaw, setLive } from '../output.ts';

export interface Size {
  readonly columns: number;
  /** Lines that may be drawn. */
  readonly lines: number;
}

export interface LiveArea {
  readonly draw: () => void;
  /** Draws a last time and leaves the lines where they are. */
  close(): void;
}

const UP = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');
const CLEAR_BELOW = '\u001b[J';
const HOME = '\u001b[H';

/** On stderr. `frame` gives the lines for a size; those beyond it are cut off. */
export function liveArea(frame: (size: Size) => readonly string[]): LiveArea {
  let drawn = 0;
  let columns = 0;

  /** Where the first line of the area is, from the line below its last. */
  const back = (): string => `\r${UP(drawn)}${CLEAR_BELOW}`;

  const render = (start: string): void => {
    const size = sizeOf(process.stderr);
    // A character in the last column would leave the cursor in a state that differs between terminals.
    const lines = frame(size)
      .slice(0, size.lines)
      .map((line) => cut(line, size.columns - 1));
    printRaw(`${start}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
    columns = size.columns;
  };

  const draw = (): void => {
    render(back());
  };
  const onResize = (): void => {
    // A narrower terminal may have wrapped the lines, so that nobody knows where they begin.
    const isNarrower = sizeOf(process.stderr).columns < columns;
    render(isNarrower && drawn > 0 ? `${HOME}${CLEAR_BELOW}` : back());
  };

  process.stderr.on('resize', onResize);
  setLive({
    erase: () => {
      printRaw(back());
      drawn = 0;
    },
    draw,
  });
  return {
    draw,
    close(): void {
      draw();
      process.stderr.removeListener('resize', onResize);
      setLive(undefined);
    },
  };
}

/** One row stays free for the cursor. A terminal that does not know its size counts as 80 by 24. */
function sizeOf({ columns, rows }: Pick<NodeJS.WriteStream, 'columns' | 'rows'>): Size {
  return { columns: columns || 80, lines: Math.max(1, (rows || 24) - 1) };
}
