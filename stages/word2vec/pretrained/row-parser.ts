/** What the parsers of word vector files share: a file is fed in pieces, and at most one row is kept between them. */
import { PipelineError } from '../../../src/stage.ts';

/** Reads the values of the current row into `target`; false if the row is bad and left out. */
export type ReadRow = (target: Float32Array) => boolean;

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
export const TAB = 0x09;
export const NEWLINE = 0x0a;

/** `place` is `line 7` or `vector 6`. */
export function badFile(
  path: string,
  place: string,
  what: string,
  hint = 'Check that the file is complete and has the given format.',
): PipelineError {
  return new PipelineError('E_INPUT', `${path}, ${place}: ${what}`, { hint });
}

const SHOWN = 60;

/** A piece of the file in quotes, shortened, for messages. */
export function quoted(text: string): string {
  return text.length > SHOWN ? `'${text.slice(0, SHOWN)}…'` : `'${text}'`;
}

export const NO_HEADER = 'this format begins with a header line of two numbers, rows and dimensions';
