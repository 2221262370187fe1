/**
 * NumPy's .npy, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), for
 * row-major little-endian float32 matrices. `numpy.load(path, mmap_mode="r")` opens them without copying.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { PipelineError } from '../base/diagnostic.ts';
import { readFully, writeFully } from './bytes.ts';

/** Row-major [rows, columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const ALIGNMENT = 64;

function header(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const unpadded = MAGIC.length + 2 + text.length + 1;
  const padded = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const body = `${text}${' '.repeat(padded - unpadded)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length);
  return Buffer.concat([MAGIC, length, Buffer.from(body, 'latin1')]);
}

export interface NpyWriter {
  /** Appends consecutive whole rows. */
  write(rows: Float32Array): void;
  /** To be called after the last row; throws if there are more or fewer than announced. */
  finish(): void;
  /** Closes the file, finished or not. */
  close(): void;
}

/** Creates a file of [rows, columns] that is written in chunks, so that a matrix may be larger than memory. */
export function createNpy(path: string, rows: number, columns: number): NpyWriter {
  const descriptor = openSync(path, 'wx');
  let written = 0;
  writeFully(descriptor, header(rows, columns));
  return {
    write: (chunk) => {
      writeFully(descriptor, new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      written += chunk.length;
    },
    finish: () => {
      if (written !== rows * columns)
        throw new Error(`${path}: ${written} values given for ${rows} × ${columns}`);
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Creates the file from chunks of consecutive whole rows. */
export function writeNpy(path: string, rows: number, columns: number, chunks: Iterable<Float32Array>): void {
  const file = createNpy(path, rows, columns);
  try {
    for (const chunk of chunks) file.write(chunk);
    file.finish();
  } finally {
    file.close();
  }
}

interface NpyFile {
  readonly descriptor: number;
  readonly rows: number;
  readonly columns: number;
  /** Where the values begin. */
  readonly start: number;
}

/** Opens a float32 matrix while `read` runs. Any other file is an `E_FORMAT` error. */
function withNpy<T>(path: string, read: (file: NpyFile) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    const prefix = Buffer.alloc(10);
    readSync(descriptor, prefix, 0, 10, 0);
    const length = prefix.readUInt16LE(8);
    const text = Buffer.alloc(length);
    readSync(descriptor, text, 0, length, 10);
    const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(
      text.toString('latin1'),
    );
    if (!prefix.subarray(0, 8).equals(MAGIC) || !shape)
      throw new PipelineError('E_FORMAT', `${path} is not a float32 .npy matrix`);
    const [rows, columns] = [Number(shape[1]), Number(shape[2])];
    const start = 10 + length;
    if (fstatSync(descriptor).size !== start + rows * columns * Float32Array.BYTES_PER_ELEMENT)
      throw new PipelineError('E_FORMAT', `${path} has the wrong size for its shape`);
    return read({ descriptor, rows, columns, start });
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a float32 matrix. Any other file is an `E_FORMAT` error. */
export function readNpy(path: string): Matrix {
  return withNpy(path, ({ descriptor, rows, columns, start }) => {
    const data = new Float32Array(rows * columns);
    readFully(descriptor, new Uint8Array(data.buffer), start);
    return { rows, columns, data };
  });
}

/** Reads only these rows, in the order given: for a few rows of a large matrix. */
export function readNpyRows(path: string, wanted: ArrayLike<number>): Matrix {
  return withNpy(path, ({ descriptor, rows, columns, start }) => {
    const data = new Float32Array(wanted.length * columns);
    const width = columns * Float32Array.BYTES_PER_ELEMENT;
    for (let i = 0; i < wanted.length; i++) {
      if (wanted[i]! >= rows) throw new RangeError(`${path} has no row ${wanted[i]!}`);
      readFully(descriptor, new Uint8Array(data.buffer, i * width, width), start + wanted[i]! * width);
    }
    return { rows: wanted.length, columns, data };
  });
}
