/** Rows of word vectors from pieces of a file of any size: what is kept between pieces is less than one row. */
import { PipelineError } from '../../../src/stage.ts';

/** Reads the values of the row at hand into `target` from `offset` on. */
export type ReadRow = (target: Float32Array, offset: number) => void;

export interface RowVisitor {
  /** Called once, before any row. */
  begin(dimensions: number): void;
  /** Called for each row; its values are parsed, and checked, when `read` is called. */
  row(word: string, read: ReadRow): void;
}

export interface RowParser {
  feed(piece: Buffer): void;
  /** To be called after the last piece; gives the number of rows. */
  end(): number;
}

/** A line or word longer than this means that the format is another. */
export const LONGEST = 1 << 20;
export const SPACE = 0x20;
export const NEWLINE = 0x0a;

/** `place` is `line 7` or `vector 6`. */
export function fault(path: string, place: string, what: string): PipelineError {
  return new PipelineError('E_INPUT', `${path}, ${place}: ${what}`, {
    hint: 'is the file cut short, or of another format than given?',
  });
}

export const NO_HEADER = 'this format begins with a line of two numbers, rows and dimensions';
