/** What the parsers of word vector files share: a file is fed in pieces, and at most one row is kept between them. */
import { PipelineError } from '../../../src/stage.ts';

/** Reads the values of the current row into `target` from `offset` on. */
export type ReadRow = (target: Float32Array, offset: number) => void;

export interface RowVisitor {
  /** Called once, before any row. */
  begin(dimensions: number): void;
  /** Called for each row; its values are parsed and checked when `read` is called. */
  row(word: string, read: ReadRow): void;
}

export interface RowParser {
  feed(piece: Buffer): void;
  /** To be called after the last piece; returns the number of rows. */
  end(): number;
}

/** A longer line or word means that the file has another format. */
export const LONGEST = 1 << 20;
export const SPACE = 0x20;
export const NEWLINE = 0x0a;

/** `place` is `line 7` or `vector 6`. */
export function fault(path: string, place: string, what: string): PipelineError {
  return new PipelineError('E_INPUT', `${path}, ${place}: ${what}`, {
    hint: 'Check that the file is complete and has the given format.',
  });
}

export const NO_HEADER = 'this format begins with a header line of two numbers, rows and dimensions';
