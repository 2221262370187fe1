/**
 * Detects the layout of a file of word vectors from its first bytes: text, binary, or neither, which is an error that
 * names the line. The rows are parsed elsewhere in this folder.
 */
import { isUtf8 } from 'node:buffer';
import { foreignFile } from '../../../src/formats/foreign-files.ts';
import { PipelineError } from '../../../src/stage.ts';
import { fieldsOf, otherSeparator, usualValues, valuesIn } from './fields.ts';
import { badFile, NO_HEADER, quoted } from './row-parser.ts';

/**
 * `header`: word2vec text and fastText .vec, with a first line `rows dimensions`; `bare`: GloVe, without it; `json`: an
 * object of arrays, as the packages of embeddings for winkNLP have it.
 */
export type Layout =
  | { readonly kind: 'header' }
  | { readonly kind: 'bare'; readonly dimensions: number }
  | { readonly kind: 'json' }
  | { readonly kind: 'binary' };

export type FormatName = 'auto' | 'word2vec-text' | 'word2vec-binary' | 'glove' | 'fasttext' | 'json';

/** Enough for the first two rows of 4,096 dimensions. */
export const HEAD_BYTES = 1 << 18;

/** `head` is the start of the file, decompressed: at least HEAD_BYTES, or all of a shorter file. */
export function layoutOf(path: string, head: Buffer, format: FormatName): Layout {
  refuseForeign(path, head);
  if (format === 'json' || (format === 'auto' && looksLikeJson(head))) return { kind: 'json' };
  const lines = firstLines(head);
  if (!isText(head)) return binaryLayout(path, lines[0]!, format);
  if (format === 'word2vec-binary')
    throw new PipelineError('E_INPUT', `${path} is text, not binary`, {
      hint: 'Write `format: auto`, or leave `format` out.',
    });
  if (!head.includes('\n') && /\r./.test(lines[0]!))
    throw badFile(path, 'line 1', 'lines end with a carriage return alone', 'End lines with a newline.');
  if (format === 'glove') return bareLayout(path, lines);
  const header = parseHeader(lines[0]!);
  if (header) return headerLayout(path, lines, header);
  if (format === 'auto' && valuesIn(lines[0]!) > 0) return bareLayout(path, lines);
  throw notVectors(path, lines[0], format);
}

const FASTTEXT_MODEL = 793_712_314;

function refuseForeign(path: string, head: Buffer): void {
  if (head.length === 0) throw new PipelineError('E_INPUT', `${path} is empty`);
  if (head.length >= 4 && head.readUInt32LE(0) === FASTTEXT_MODEL)
    throw new PipelineError('E_INPUT', `${path} is a binary fastText model`, {
      hint: 'Use the .vec file that fastText publishes next to the .bin file.',
    });
  const foreign = foreignFile(head);
  if (foreign) throw new PipelineError('E_INPUT', `${path} ${foreign.what}`, { hint: foreign.hint });
}

/** `{"word": …`; a GloVe row may begin with a brace too, but not with this. */
function looksLikeJson(head: Buffer): boolean {
  return /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:/.test(head.toString('latin1', markOf(head), 4096));
}

/** Rows whose count of values is compared. */
const COMPARED = 20;

/** The first lines without byte order mark and line breaks, as Latin-1; a last line that is cut off is left out. */
function firstLines(head: Buffer): string[] {
  const mark = markOf(head);
  const lines = head.toString('latin1', mark).split('\n');
  if (head.length >= HEAD_BYTES && lines.length > 1) lines.pop();
  return lines.slice(0, COMPARED + 1).map((line) => line.trimEnd());
}

/** Length of the UTF-8 byte order mark at the start: 3 or 0. */
export const markOf = (head: Buffer): number =>
  head.toString('latin1', 0, 3) === '\xef\xbb\xbf' ? '\xef\xbb\xbf'.length : 0;

/**
 * Text has no control characters and is UTF-8, except for the last character, which may be cut off; in a damaged or
 * Latin-1 text most bytes still belong to numbers. Of float32 values almost none do.
 */
function isText(head: Buffer): boolean {
  let [control, numeric] = [false, 0];
  for (const byte of head) {
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20)) control = true;
    if ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x2b && byte <= 0x2e) || byte === 0x20) numeric += 1;
  }
  const whole = head.subarray(0, Math.max(head.lastIndexOf('\n') + 1, head.length - 4));
  return (!control && isUtf8(whole)) || numeric > head.length / 2;
}

function binaryLayout(path: string, first: string, format: FormatName): Layout {
  if (format !== 'auto' && format !== 'word2vec-binary')
    throw new PipelineError('E_INPUT', `${path} is not text`, {
      hint: 'Write `format: auto`, or check that the file is not damaged.',
    });
  if (parseHeader(first)) return { kind: 'binary' };
  throw format === 'auto' ? notVectors(path, undefined, format) : badFile(path, 'line 1', NO_HEADER);
}

/** Two numbers in the first line are compared with the rows, because tools write them in either order. */
function headerLayout(path: string, lines: readonly string[], { rows, dimensions }: Header): Layout {
  const body = lines.slice(1).filter((line) => line !== '');
  const found = usualValues(body);
  const fits = (line: string): boolean =>
    valuesIn(line) === dimensions || fieldsOf(line).length === dimensions + 1;
  if (body.length === 0 || found === dimensions || body.some(fits)) return { kind: 'header' };
  const separator = otherSeparator(body[0]!);
  if (separator !== undefined) throw badFile(path, 'line 2', ...separated(separator));
  const swapped = found === rows;
  throw badFile(
    path,
    'line 1',
    `the header ${quoted(lines[0]!)} announces ${dimensions} dimensions, but line 2 has ${valuesIn(body[0]!)} values` +
      (swapped ? '; the two numbers are swapped' : ''),
    swapped
      ? `The first number counts the rows, the second the dimensions: write \`${dimensions} ${rows}\`.`
      : `Write \`${rows} ${found}\` if the rows are right, or repair them.`,
  );
}

function bareLayout(path: string, lines: readonly string[]): Layout {
  const rows = lines.filter((line) => line !== '');
  const dimensions = usualValues(rows);
  const header = parseHeader(lines[0]!);
  if (header && rows.length > 1 && valuesIn(rows[1]!) === header.dimensions)
    throw badFile(
      path,
      'line 1',
      `${quoted(lines[0]!)} is a header, which GloVe files do not have`,
      'Write `format: word2vec-text` or `format: auto`.',
    );
  if (dimensions === 0) throw badFile(path, 'line 1', 'a word without values');
  return { kind: 'bare', dimensions };
}

const separated = (separator: string): [what: string, hint: string] => [
  `the fields are separated by '${separator}', not by spaces or tabs`,
  `Replace each '${separator}' by a space.`,
];

/** Neither a supported text nor binary. `first` is the first line of a text. */
function notVectors(path: string, first: string | undefined, format: FormatName): PipelineError {
  const formats = 'The formats are word2vec text and binary, GloVe, fastText .vec and JSON, gzipped or not.';
  if (first === undefined)
    return new PipelineError('E_INPUT', `${path} is not in a supported format of word vectors`, {
      hint: formats,
    });
  const separator = otherSeparator(first);
  if (separator !== undefined) return badFile(path, 'line 1', ...separated(separator));
  if (/^\s*(#|%|\/\/)/.test(first))
    return badFile(path, 'line 1', `${quoted(first)} is a comment`, 'Delete the comment lines.');
  if (format !== 'auto')
    return badFile(
      path,
      'line 1',
      `${NO_HEADER}, not with ${quoted(first)}`,
      'Write `format: auto`, or put the two numbers in the first line.',
    );
  return new PipelineError(
    'E_INPUT',
    `${path} is not in a supported format of word vectors: line 1, ${quoted(first)}, is neither a header of two ` +
      'numbers nor a word and its values',
    { hint: formats },
  );
}

export interface Header {
  readonly rows: number;
  readonly dimensions: number;
}

export function parseHeader(line: string): Header | undefined {
  const found = /^\s*(\d{1,15})[ \t]+(\d{1,6})\s*$/.exec(line);
  if (!found || Number(found[2]) === 0) return undefined;
  return { rows: Number(found[1]), dimensions: Number(found[2]) };
}
