/**
 * Reads text formats: on each line a word and its values, separated by spaces or tabs; a first line `rows dimensions`
 * in the layout `header`. The binary format is in binary-rows.ts.
 */
import { fieldsOf } from './fields.ts';
import { badValue, otherLength, type Rejects } from './rejects.ts';
import {
  badFile,
  LONGEST,
  NEWLINE,
  NO_HEADER,
  SPACE,
  TAB,
  type RowParser,
  type RowVisitor,
} from './row-parser.ts';
import { markOf, parseHeader, type Layout } from './vector-format.ts';

export function textRows(
  path: string,
  layout: Extract<Layout, { kind: 'header' | 'bare' }>,
  visitor: RowVisitor,
  rejects: Rejects,
): RowParser {
  let rest: Buffer = Buffer.alloc(0);
  let [line, rows, promised] = [0, 0, -1];
  let dimensions = 0;
  const wrong = (what: string, hint?: string): Error => badFile(path, `line ${line}`, what, hint);

  const begin = (width: number): void => {
    dimensions = width;
    visitor.begin(width);
  };
  const take = (raw: Buffer): void => {
    line++;
    const text = trimEnd(line === 1 ? raw.subarray(markOf(raw)) : raw);
    if (line === 1 && layout.kind === 'header') {
      const header = parseHeader(text.toString('latin1'));
      if (!header) throw wrong(NO_HEADER);
      promised = header.rows;
      begin(header.dimensions);
    } else if (text.length > 0) {
      if (dimensions === 0 && layout.kind === 'bare') begin(layout.dimensions);
      readRow(text, line, dimensions, visitor, rejects);
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
      throw wrong(
        `the file ends after ${rows} vectors; its header announces ${promised}`,
        `Get the complete file, or write \`${rows} ${dimensions}\` in its first line.`,
      );
    return rows;
  };
  return { feed, end };
}

function readRow(
  text: Buffer,
  line: number,
  dimensions: number,
  visitor: RowVisitor,
  rejects: Rejects,
): void {
  const parts = splitRow(text, dimensions);
  const word = parts && text.toString('utf8', 0, parts.wordEnd);
  // Some GloVe words contain spaces: the values are the last fields. A number before them is one value too many.
  if (word === undefined || endsInNumber(word)) {
    rejects.reject(line, otherLength(fieldsOf(text.toString('latin1')).length - 1, dimensions));
    return;
  }
  visitor.row(word, (target) => {
    const values = text.toString('latin1', parts!.valuesStart);
    let fields = values.split(' ');
    if (fields.length !== dimensions || values.includes('\t')) fields = fieldsOf(values);
    for (const [index, field] of fields.entries()) {
      const value = Math.fround(Number(field));
      if (field === '' || !Number.isFinite(value)) {
        rejects.reject(line, badValue(field));
        return false;
      }
      target[index] = value;
    }
    return true;
  });
}

function endsInNumber(word: string): boolean {
  const last = fieldsOf(word).slice(1).at(-1);
  return last !== undefined && Number.isFinite(Number(last));
}

/** Where the word ends and its values start, counted from the end; undefined if there are too few fields. */
function splitRow(
  text: Buffer,
  dimensions: number,
): { readonly wordEnd: number; readonly valuesStart: number } | undefined {
  let at = text.length;
  let valuesStart = at;
  for (let field = 0; field < dimensions; field++) {
    while (at > 0 && !isSeparator(text[at - 1]!)) at--;
    if (at === 0) return undefined;
    valuesStart = at;
    while (at > 0 && isSeparator(text[at - 1]!)) at--;
  }
  return { wordEnd: at, valuesStart };
}

const isSeparator = (byte: number): boolean => byte === SPACE || byte === TAB;
const CARRIAGE_RETURN = 0x0d;

function trimEnd(text: Buffer): Buffer {
  let end = text.length;
  while (end > 0 && (isSeparator(text[end - 1]!) || text[end - 1] === CARRIAGE_RETURN)) end--;
  return text.subarray(0, end);
}
