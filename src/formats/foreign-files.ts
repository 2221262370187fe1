/** Recognises files that are often given where a text is wanted, such as archives, and says what to do with them. */

const UNPACK = 'Unpack it and write the path of the file inside.';
const CONVERT = 'Save its content as text and write the path of that file.';
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
  ['\x80\x02', 'is a Python pickle', 'Save its content as text, in gensim with `save_word2vec_format`.'],
  ['\x80\x03', 'is a Python pickle', 'Save its content as text, in gensim with `save_word2vec_format`.'],
  ['\x80\x04', 'is a Python pickle', 'Save its content as text, in gensim with `save_word2vec_format`.'],
  ['\x80\x05', 'is a Python pickle', 'Save its content as text, in gensim with `save_word2vec_format`.'],
  ['version https://git-lfs', 'is a Git LFS pointer, not the file', 'Write `git lfs pull` to get the file.'],
  ['<!DOCTYPE', 'is an HTML page', DOWNLOAD],
  ['<!doctype', 'is an HTML page', DOWNLOAD],
  ['<html', 'is an HTML page', DOWNLOAD],
];

export interface Foreign {
  /** `is a zip archive` */
  readonly what: string;
  readonly hint: string;
}

/** What the start of a file shows it to be, where a text was wanted; undefined if it may be one. */
export function foreignFile(head: Uint8Array): Foreign | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const start = bytes.toString('latin1', 0, 32);
  const found = FOREIGN.find(([magic]) => start.startsWith(magic));
  if (found) return { what: found[1], hint: found[2] };
  if (isUtf16(bytes))
    return { what: 'is UTF-16 text', hint: 'Convert it to UTF-8: `iconv -f UTF-16 -t UTF-8`.' };
  return undefined;
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
