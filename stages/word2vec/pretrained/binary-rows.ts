/**
 * Reads the binary word2vec format: `rows dimensions\n`, then for each row the word, a space, and its values as
 * little-endian float32. Text formats are in text-rows.ts.
 */
import { badValue, type Rejects } from './rejects.ts';
import {
  badFile,
  LONGEST,
  NEWLINE,
  NO_HEADER,
  SPACE,
  type RowParser,
  type RowVisitor,
} from './row-parser.ts';
import { parseHeader, type Header } from './vector-format.ts';

/** A longer first line is not a header. */
const LONGEST_HEADER = 100;

export function binaryRows(path: string, visitor: RowVisitor, rejects: Rejects): RowParser {
  let rest: Buffer = Buffer.alloc(0);
  let header: Header | undefined;
  let rows = 0;
  const wrong = (what: string, hint?: string): Error => badFile(path, `vector ${rows + 1}`, what, hint);

  /** Where the row at `start` ends, or -1 while it is incomplete. */
  const vector = (bytes: Buffer, from: number, dimensions: number): number => {
    const start = wordStart(bytes, from);
    const space = bytes.indexOf(SPACE, start);
    if (space < 0 && bytes.length - start > LONGEST) throw wrong('the word has no end');
    const values = space + 1;
    const end = values + dimensions * Float32Array.BYTES_PER_ELEMENT;
    if (space < 0) return -1;
    if (hasControl(bytes, start, space))
      throw wrong(
        'there are no letters where its word should be',
        `The file is damaged, or its rows do not have the ${dimensions} dimensions that its header announces.`,
      );
    if (end > bytes.length) return -1;
    visitor.row(bytes.toString('utf8', start, space), (target) => {
      for (let i = 0; i < dimensions; i++) {
        const value = bytes.readFloatLE(values + i * Float32Array.BYTES_PER_ELEMENT);
        if (!Number.isFinite(value)) {
          rejects.reject(rows + 1, badValue(String(value)));
          return false;
        }
        target[i] = value;
      }
      return true;
    });
    return end;
  };

  const feed = (piece: Buffer): void => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let done = 0;
    if (!header) {
      const end = bytes.indexOf(NEWLINE);
      header = parseHeader(bytes.toString('latin1', 0, Math.max(0, Math.min(end, LONGEST_HEADER))));
      if (!header && (end >= 0 || bytes.length > LONGEST_HEADER)) throw badFile(path, 'line 1', NO_HEADER);
      done = header ? end + 1 : 0;
      if (header) visitor.begin(header.dimensions);
    }
    while (header && rows < header.rows) {
      const end = vector(bytes, done, header.dimensions);
      if (end < 0) break;
      done = end;
      rows++;
    }
    rest = Buffer.from(bytes.subarray(done));
    if (header && rows === header.rows) {
      if (/\S/.test(rest.toString('latin1')))
        throw wrong(
          `there are more bytes after the ${rows} vectors that the header announces`,
          'The header does not fit the file: check both of its numbers.',
        );
      rest = Buffer.alloc(0);
    }
  };
  const end = (): number => {
    if (!header) throw badFile(path, 'line 1', NO_HEADER);
    if (rows < header.rows)
      throw wrong(`the file ends here; its header announces ${header.rows} vectors`, INCOMPLETE);
    return rows;
  };
  return { feed, end };
}

const INCOMPLETE = 'Get the complete file, or check the two numbers of its header.';

/** word2vec.c ends each row with a newline; other writers do not. */
function wordStart(bytes: Buffer, from: number): number {
  let start = from;
  while (bytes[start] === NEWLINE) start++;
  return start;
}

/** Words are text; control characters mean that the row does not begin here. */
function hasControl(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! < SPACE) return true;
  return false;
}
