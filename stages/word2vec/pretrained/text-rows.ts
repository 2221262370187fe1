/**
 * Reads text formats: on each line a word and its values, separated by spaces; a first line `rows dimensions` if
 * `hasHeader`. The binary format is in binary-rows.ts.
 */
import { fault, LONGEST, NEWLINE, NO_HEADER, SPACE, type RowParser, type RowVisitor } from './row-parser.ts';
import { parseHeader } from './vector-format.ts';

export function textRows(path: string, hasHeader: boolean, visitor: RowVisitor): RowParser {
  let rest: Buffer = Buffer.alloc(0);
  let [line, rows, promised] = [0, 0, -1];
  let values: RowReader | undefined;
  const wrong = (what: string): Error => fault(path, `line ${line}`, what);

  const begin = (dimensions: number): RowReader => {
    if (dimensions === 0) throw wrong('a word without values');
    visitor.begin(dimensions);
    return rowReader(dimensions, visitor, wrong);
  };
  const take = (raw: Buffer): void => {
    line++;
    const text = trimEnd(raw);
    if (line === 1 && hasHeader) {
      const header = parseHeader(text.toString('latin1'));
      if (!header) throw wrong(NO_HEADER);
      promised = header.rows;
      values = begin(header.dimensions);
    } else if (text.length > 0) {
      values ??= begin(valuesIn(text));
      values(text);
      rows++;
    }
  };
  const feed = (piece: Buffer): void => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > LONGEST)
      throw wrong('the next line is too long: this is not a text file of word vectors');
  };
  const end = (): number => {
    if (rest.length > 0) take(rest);
    if (promised >= 0 && rows !== promised)
      throw wrong(`the file ends after ${rows} vectors; its header announces ${promised}`);
    return rows;
  };
  return { feed, end };
}

type RowReader = (text: Buffer) => void;

function rowReader(dimensions: number, visitor: RowVisitor, wrong: (what: string) => Error): RowReader {
  return (text) => {
    const spaces = spacePositions(text);
    if (spaces.length < dimensions) throw wrong(`${spaces.length} values where ${dimensions} were expected`);
    // Some GloVe words contain spaces: the values are the last fields.
    const end = spaces[spaces.length - dimensions]!;
    const word = text.toString('utf8', 0, end);
    const isNumber = Number.isFinite(Number(word.slice(word.lastIndexOf(' ') + 1)));
    if (spaces.length > dimensions && isNumber)
      throw wrong(`${spaces.length} values where ${dimensions} were expected`);
    visitor.row(word, (target, offset) => {
      const fields = text.toString('latin1', end + 1).split(' ');
      for (const [index, field] of fields.entries()) {
        const value = Math.fround(Number(field));
        if (field === '' || !Number.isFinite(value)) throw wrong(`'${field}' is not a finite number`);
        target[offset + index] = value;
      }
    });
  };
}

const CARRIAGE_RETURN = 0x0d;

function trimEnd(text: Buffer): Buffer {
  let end = text.length;
  while (end > 0 && (text[end - 1] === SPACE || text[end - 1] === CARRIAGE_RETURN)) end--;
  return text.subarray(0, end);
}

/** The count of numbers at the end of a row; its first field is always the word. */
function valuesIn(text: Buffer): number {
  const fields = text.toString('latin1').split(' ').slice(1);
  return fields.length - 1 - fields.findLastIndex((field) => field === '' || Number.isNaN(Number(field)));
}

function spacePositions(text: Buffer): number[] {
  const found: number[] = [];
  for (let i = 0; i < text.length; i++) if (text[i] === SPACE) found.push(i);
  return found;
}
