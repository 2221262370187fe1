/** Detects the format of a file of word vectors from its first bytes. The rows are parsed elsewhere in this folder. */
import { PipelineError } from '../../../src/stage.ts';

/** `header`: word2vec text and fastText .vec, with a first line `rows dimensions`; `bare`: GloVe, without it. */
export type Layout = 'header' | 'bare' | 'binary';

export type FormatName = 'auto' | 'word2vec-text' | 'word2vec-binary' | 'glove' | 'fasttext';

const LAYOUTS: Readonly<Record<Exclude<FormatName, 'auto'>, Layout>> = {
  'word2vec-text': 'header',
  fasttext: 'header',
  glove: 'bare',
  'word2vec-binary': 'binary',
};

/** Enough for the first two rows of 4,096 dimensions. */
export const HEAD_BYTES = 1 << 18;

/** `head` is the start of the file, decompressed: at least HEAD_BYTES, or all of a shorter file. */
export function layoutOf(path: string, head: Buffer, format: FormatName): Layout {
  rejectOthers(path, head);
  return format === 'auto' ? detect(path, head) : LAYOUTS[format];
}

const FASTTEXT_MODEL = 793_712_314;

function rejectOthers(path: string, head: Buffer): void {
  if (head.length === 0) throw new PipelineError('E_INPUT', `${path} is empty`);
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1')))
    throw new PipelineError('E_INPUT', `${path} is a zip archive`, {
      hint: 'Unzip it and write the path of the file inside.',
    });
  if (head.length >= 4 && head.readUInt32LE(0) === FASTTEXT_MODEL)
    throw new PipelineError('E_INPUT', `${path} is a binary fastText model`, {
      hint: 'Use the .vec file that fastText publishes next to the .bin file.',
    });
}

function detect(path: string, head: Buffer): Layout {
  const [first = '', second = ''] = head.toString('latin1').split('\n', 2);
  const header = parseHeader(first);
  if (header) return second.trim() === '' || isTextRow(second, header.dimensions) ? 'header' : 'binary';
  if (isTextRow(first, undefined)) return 'bare';
  throw new PipelineError('E_INPUT', `${path} is not in a supported format of word vectors`, {
    hint: 'The formats are word2vec text and binary, GloVe and fastText .vec, gzipped or not.',
  });
}

function isTextRow(line: string, dimensions: number | undefined): boolean {
  const fields = line.trimEnd().split(' ');
  const values = fields.slice(dimensions === undefined ? 1 : fields.length - dimensions);
  const enough = values.length > 0 && fields.length > (dimensions ?? 0);
  return enough && values.every((field) => field !== '' && !Number.isNaN(Number(field)));
}

export interface Header {
  readonly rows: number;
  readonly dimensions: number;
}

export function parseHeader(line: string): Header | undefined {
  const found = /^(\d{1,15})[ \t]+(\d{1,6})\s*$/.exec(line);
  if (!found || Number(found[2]) === 0) return undefined;
  return { rows: Number(found[1]), dimensions: Number(found[2]) };
}
