/**
 * Reads the binary word2vec format: `rows dimensions\n`, then for each row the word, a space, and its values as
 * little-endian float32. Text formats are in text-rows.ts.
 */
import { fault, LONGEST, NEWLINE, NO_HEADER, SPACE, type RowParser, type RowVisitor } from './row-parser.ts';
import { parseHeader, type Header } from './vector-format.ts';

/** A longer first line is not a header. */
const LONGEST_HEADER = 100;

export function binaryRows(path: string, visitor: RowVisitor): RowParser {
  let rest: Buffer = Buffer.alloc(0);
  let header: Header | undefined;
  let rows = 0;
  const wrong = (what: string): Error => fault(path, `vector ${rows + 1}`, what);

  const feed = (piece: Buffer): void => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let done = 0;
    if (!header) {
      const end = bytes.indexOf(NEWLINE);
      header = parseHeader(bytes.toString('latin1', 0, Math.max(0, Math.min(end, LONGEST_HEADER))));
      if (!header && (end >= 0 || bytes.length > LONGEST_HEADER)) throw fault(path, 'line 1', NO_HEADER);
      done = header ? end + 1 : 0;
      if (header) visitor.begin(header.dimensions);
    }
    while (header && rows < header.rows) {
      const end = vector(bytes, done, header.dimensions, visitor, wrong);
      if (end < 0) break;
      done = end;
      rows++;
    }
    // Anything after the last row, usually a newline, is ignored.
    rest = header && rows === header.rows ? Buffer.alloc(0) : Buffer.from(bytes.subarray(done));
  };
  const end = (): number => {
    if (!header) throw fault(path, 'line 1', NO_HEADER);
    if (rows < header.rows) throw wrong(`the file ends here; its header announces ${header.rows} vectors`);
    return rows;
  };
  return { feed, end };
}

/** Where the row at `start` ends, or -1 while it is incomplete. */
function vector(
  bytes: Buffer,
  start: number,
  dimensions: number,
  visitor: RowVisitor,
  wrong: (what: string) => Error,
): number {
  // word2vec.c ends each row with a newline; other writers do not.
  while (bytes[start] === NEWLINE) start++;
  const space = bytes.indexOf(SPACE, start);
  if (space < 0 && bytes.length - start > LONGEST) throw wrong('the word has no end');
  const values = space + 1;
  const end = values + dimensions * 4;
  if (space < 0 || end > bytes.length) return -1;
  visitor.row(bytes.toString('utf8', start, space), (target, offset) => {
    for (let i = 0; i < dimensions; i++) {
      const value = bytes.readFloatLE(values + i * 4);
      if (!Number.isFinite(value)) throw wrong(`${value} is not a finite number`);
      target[offset + i] = value;
    }
  });
  return end;
}
