/**
 * Reads word vectors from JSON: `{"word": [values], …}`, or such an object under `vectors`, with `dimensions` before it,
 * as the packages of embeddings for winkNLP have it. Their rows end in two more numbers, a norm and an index, which are
 * left out. The file may be larger than a string can be, so it is scanned in pieces.
 */
import { badValue, otherLength, type Rejects } from './rejects.ts';
import { badFile, LONGEST, type RowParser, type RowVisitor } from './row-parser.ts';

/** What may stand before `vectors`, such as a list of all words. */
const LONGEST_START = 64 << 20;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACKET = 0x5b;
const COLON = 0x3a;
/** Values that winkNLP stores after those of the vector. */
const WINK_VALUES = 2;

type State = 'start' | 'rows' | 'done';

export function jsonRows(path: string, visitor: RowVisitor, rejects: Rejects): RowParser {
  let rest: Buffer = Buffer.alloc(0);
  let state: State = 'start';
  let [rows, dimensions, promised] = [0, 0, -1];
  const wrong = (what: string, hint?: string): Error => badFile(path, `vector ${rows + 1}`, what, hint);

  /** Where the rows begin, or -1 while that is unknown. */
  const findRows = (bytes: Buffer): number => {
    const text = bytes.toString('latin1');
    const plain = /^(?:\xef\xbb\xbf)?\s*\{(?=\s*"(?:[^"\\]|\\.)*"\s*:\s*\[\s*-?[\d.])/.exec(text);
    // A list of words cannot contain this: after a string in a list comes no colon.
    const named = /"vectors"\s*:\s*\{/.exec(text);
    const found = plain ?? named;
    if (!found) {
      if (bytes.length > LONGEST_START) throw badFile(path, 'vector 1', NO_VECTORS);
      return -1;
    }
    const before = text.slice(0, found.index);
    dimensions = numberOf(before, 'dimensions') ?? 0;
    promised = numberOf(before, 'size') ?? -1;
    if (dimensions > 0) visitor.begin(dimensions);
    return found.index + found[0].length;
  };

  const take = (word: string, values: string): void => {
    const fields = values.trim() === '' ? [] : values.split(',');
    if (dimensions === 0) {
      if (fields.length === 0) throw wrong(`'${word}' has no values`);
      dimensions = fields.length;
      visitor.begin(dimensions);
    }
    if (fields.length !== dimensions && fields.length !== dimensions + WINK_VALUES) {
      rejects.reject(rows + 1, otherLength(fields.length, dimensions));
      return;
    }
    visitor.row(word, (target) => {
      for (let index = 0; index < dimensions; index++) {
        const field = fields[index]!.trim();
        const value = Math.fround(Number(field));
        if (field === '' || !Number.isFinite(value)) {
          rejects.reject(rows + 1, badValue(field));
          return false;
        }
        target[index] = value;
      }
      return true;
    });
  };

  /** Where the next row begins, or -1 while this one is incomplete. */
  const readRow = (bytes: Buffer, from: number): number => {
    const start = skip(bytes, from, isGap);
    if (start === bytes.length) return -1;
    if (bytes[start] === CLOSE_BRACE) {
      state = 'done';
      return start + 1;
    }
    if (bytes[start] !== QUOTE) throw wrong('there is no word where one should be');
    const quote = stringEnd(bytes, start);
    const colon = quote < 0 ? bytes.length : skip(bytes, quote + 1, isSpace);
    const open = skip(bytes, colon + 1, isSpace);
    if (open < bytes.length && (bytes[colon] !== COLON || bytes[open] !== OPEN_BRACKET))
      throw wrong('there is no list of values after the word');
    const end = open < bytes.length ? bytes.indexOf(CLOSE_BRACKET, open) : -1;
    if (end < 0) {
      if (bytes.length - start > LONGEST) throw wrong('the row has no end');
      return -1;
    }
    take(
      JSON.parse(bytes.toString('utf8', start, quote + 1)) as string,
      bytes.toString('latin1', open + 1, end),
    );
    rows++;
    return end + 1;
  };

  const feed = (piece: Buffer): void => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    if (state === 'start') {
      at = Math.max(0, findRows(bytes));
      if (at > 0) state = 'rows';
    }
    while (state === 'rows') {
      const next = readRow(bytes, at);
      if (next < 0) break;
      at = next;
    }
    rest = state === 'done' ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
  };

  const end = (): number => {
    if (state === 'start') throw badFile(path, 'vector 1', NO_VECTORS);
    if (state === 'rows') throw wrong('the file ends here, inside its vectors', 'Get the complete file.');
    if (promised >= 0 && rows !== promised)
      throw wrong(
        `the file has ${rows} vectors; its \`size\` announces ${promised}`,
        'Get the complete file.',
      );
    return rows;
  };
  return { feed, end };
}

const NO_VECTORS = 'the JSON has no `vectors`, an object of word → list of values';

function numberOf(text: string, name: string): number | undefined {
  const found = new RegExp(`"${name}"\\s*:\\s*(\\d{1,9})`).exec(text.slice(0, 1 << 16));
  return found ? Number(found[1]) : undefined;
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isGap = (byte: number): boolean => isSpace(byte) || byte === 0x2c;

function skip(bytes: Buffer, from: number, passes: (byte: number) => boolean): number {
  let at = from;
  while (at < bytes.length && passes(bytes[at]!)) at++;
  return at;
}

/** The closing quote of the string that opens at `start`, or -1. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return -1;
}
