/** Refuses files that are no word vectors but are often given as such, and says what they are. */
import { PipelineError } from '../../../src/stage.ts';

const FASTTEXT_MODEL = 793_712_314;
const UNPACK = 'Unpack it and write the path of the file inside.';
const CONVERT = 'Save the vectors in the word2vec text format and write the path of that file.';
const DOWNLOAD = 'Download the file itself and write its path.';

const FOREIGN: readonly (readonly [start: string, what: string, hint: string])[] = [
  ['PK\x03\x04', 'is a zip archive', 'Unzip it and write the path of the file inside.'],
  ['BZh', 'is compressed with bzip2', UNPACK],
  ['\xfd7zXZ\x00', 'is compressed with xz', UNPACK],
  ['\x28\xb5\x2f\xfd', 'is compressed with zstd', UNPACK],
  ['7z\xbc\xaf\x27\x1c', 'is a 7z archive', UNPACK],
  ['\x93NUMPY', 'is a NumPy array', CONVERT],
  ['\x89HDF', 'is an HDF5 file', CONVERT],
  ['PAR1', 'is a Parquet file', CONVERT],
  ['\x80\x02', 'is a Python pickle', 'In gensim, write `save_word2vec_format` and use that file.'],
  ['\x80\x03', 'is a Python pickle', 'In gensim, write `save_word2vec_format` and use that file.'],
  ['\x80\x04', 'is a Python pickle', 'In gensim, write `save_word2vec_format` and use that file.'],
  ['\x80\x05', 'is a Python pickle', 'In gensim, write `save_word2vec_format` and use that file.'],
  ['version https://git-lfs', 'is a Git LFS pointer, not the file', 'Write `git lfs pull` to get the file.'],
  ['<!DOCTYPE', 'is an HTML page', DOWNLOAD],
  ['<!doctype', 'is an HTML page', DOWNLOAD],
  ['<html', 'is an HTML page', DOWNLOAD],
];

/** @throws PipelineError if the start of the file shows that it has another format */
export function refuseForeign(path: string, head: Buffer): void {
  const refuse = (what: string, hint?: string): never => {
    throw new PipelineError('E_INPUT', `${path} ${what}`, { hint });
  };
  if (head.length === 0) refuse('is empty');
  const start = head.toString('latin1', 0, 32);
  for (const [magic, what, hint] of FOREIGN) if (start.startsWith(magic)) refuse(what, hint);
  if (head.length >= 4 && head.readUInt32LE(0) === FASTTEXT_MODEL)
    refuse('is a binary fastText model', 'Use the .vec file that fastText publishes next to the .bin file.');
  if (isUtf16(head)) refuse('is UTF-16 text', 'Convert it to UTF-8: `iconv -f UTF-16 -t UTF-8`.');
}

/** A byte order mark, or a first line whose every other byte is zero. */
function isUtf16(head: Buffer): boolean {
  const mark = head.toString('latin1', 0, 2);
  if (mark === '\xff\xfe' || mark === '\xfe\xff') return true;
  const line = head.subarray(0, 16);
  if (line.length < 8) return false;
  const zeros = (from: number): boolean => line.every((byte, i) => (i % 2 === from) === (byte === 0));
  return zeros(0) || zeros(1);
}
