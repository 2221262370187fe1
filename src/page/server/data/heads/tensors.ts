/** The beginning of files of numbers, read as far as they are shown. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { TensorHead } from '../../../views/artifact-view.ts';
import type { Beginning, Head } from './beginning.ts';

const MOST_ROWS = 8;
const MOST_COLUMNS = 16;
const MOST_TENSORS = 64;

type Read = (bytes: Buffer, at: number) => number;

/** Element types by NumPy's and safetensors' names, with their widths. */
const TYPES: Readonly<Record<string, { readonly width: number; readonly read: Read } | undefined>> = {
  F32: { width: 4, read: (bytes, at) => bytes.readFloatLE(at) },
  I32: { width: 4, read: (bytes, at) => bytes.readInt32LE(at) },
  U32: { width: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  U8: { width: 1, read: (bytes, at) => bytes.readUInt8(at) },
};
const NUMPY: Readonly<Record<string, string>> = { '<f4': 'F32', '<i4': 'I32', '<u4': 'U32', '|u1': 'U8' };

/** Throws for a file that is not what its name says. */
export function npyHead({ path, bytes }: Beginning): Head {
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error('no .npy file');
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return headOf([tensorHead(path, '', NUMPY[type] ?? type, shape, 10 + length)]);
}

/** Throws likewise. */
export function safetensorsHead({ path, bytes }: Beginning): Head {
  const length = Number(bytes.readBigUInt64LE(0));
  if (8 + length > bytes.length) throw new Error('a long header');
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, TensorEntry>;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return headOf(
    entries.slice(0, MOST_TENSORS).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [start],
        },
      ]) => tensorHead(path, name, dtype, shape, 8 + length + start),
    ),
    entries.length > MOST_TENSORS ? `The first ${MOST_TENSORS} of ${entries.length} tensors.` : null,
  );
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function headOf(tensors: readonly TensorHead[], left: string | null = null): Head {
  return { content: { type: 'tensors', tensors }, left: left ?? 'The first values of each tensor.' };
}

/** `start`: where its values begin. */
function tensorHead(
  path: string,
  name: string,
  type: string,
  shape: readonly number[],
  start: number,
): TensorHead {
  const columns =
    shape.length > 1 ? shape.slice(1).reduce((product, each) => product * each, 1) : (shape[0] ?? 1);
  const rows = shape.length > 1 ? shape[0]! : 1;
  const known = TYPES[type];
  if (!known) return { name, type, shape, rows: [] };
  const shown = Math.min(columns, MOST_COLUMNS);
  const descriptor = openSync(path, 'r');
  try {
    const read = Array.from({ length: Math.min(rows, MOST_ROWS) }, (_, row) => {
      const bytes = Buffer.alloc(shown * known.width);
      readSync(descriptor, bytes, 0, bytes.length, start + row * columns * known.width);
      return Array.from({ length: shown }, (_unused, i) => known.read(bytes, i * known.width)).map((value) =>
        Number.isFinite(value) ? value : null,
      );
    });
    return { name, type, shape, rows: read };
  } finally {
    closeSync(descriptor);
  }
}
