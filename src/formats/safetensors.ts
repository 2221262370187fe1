/**
 * The safetensors container, format 1.0 (https://huggingface.co/docs/safetensors): an 8-byte little-endian
 * header length, a JSON header, then the tensors' bytes, row-major and little-endian. The header is canonical JSON
 * padded with spaces to a multiple of 8, and the tensors go by name, so that equal tensors give equal files.
 *
 * Element types here are F32, I32, U32 and U8. Python's `safetensors` package knows U32 for NumPy.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { PipelineError } from '../base/diagnostic.ts';
import { canonicalJson, isObject, type JsonObject } from '../base/json.ts';
import { readFully, writeFully } from './bytes.ts';

export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;

export interface Tensor<D extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: D;
}

const TYPES = {
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;

function typeName(data: TensorData): TypeName {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Uint32Array) return 'U32';
  return 'U8';
}

const ALIGNMENT = 8;

/** Writes named tensors and string metadata. Throws if a shape does not match its data. */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const parts = safetensorsParts(tensors, metadata);
  const descriptor = openSync(path, 'wx');
  try {
    for (const part of parts) writeFully(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of such a file: its head, then views of the tensors. */
export function safetensorsParts(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const names = Object.keys(tensors).sort();
  const header: Record<string, JsonObject> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== data.length)
      throw new Error(`tensor ${name}: shape [${shape.join(', ')}] holds ${size} values, not ${data.length}`);
    header[name] = { dtype: typeName(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(canonicalJson(header));
  const padding = (ALIGNMENT - (text.length % ALIGNMENT)) % ALIGNMENT;
  const head = Buffer.concat([Buffer.alloc(8), text, Buffer.alloc(padding, ' ')]);
  head.writeBigUInt64LE(BigInt(text.length + padding));
  const bodies = names.map((name) => {
    const { data } = tensors[name]!;
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  });
  return [head, ...bodies];
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  /** The values of a tensor are read from the file when its `data` is first used. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** As in the reference implementation. */
const LONGEST_HEADER = 100_000_000;

/** Reads the header. Damaged headers and types other than F32, I32, U32 and U8 are an `E_FORMAT` error. */
export function readSafetensors(path: string): SafetensorsFile {
  const damaged = (why: string): PipelineError =>
    new PipelineError('E_FORMAT', `${path} is not a usable safetensors file: ${why}`);
  const { header, start, size } = readHeader(path, damaged);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = entry as unknown as TensorEntry;
    if (!Object.hasOwn(TYPES, dtype)) throw damaged(`tensor ${name} has type ${dtype}`);
    if (start + offsets[1] > size) throw damaged(`tensor ${name} extends past the end of the file`);
    const Type = TYPES[dtype as TypeName];
    const length = shape.reduce((product, each) => product * each, 1);
    if (!(offsets[0] >= 0) || length * Type.BYTES_PER_ELEMENT !== offsets[1] - offsets[0])
      throw damaged(`the size of tensor ${name} does not match its shape`);
    tensors.set(
      name,
      storedTensor(path, shape, start + offsets[0], () => new Type(length)),
    );
  }
  return { metadata: (header['__metadata__'] ?? {}) as Record<string, string>, tensors };
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function readHeader(
  path: string,
  damaged: (why: string) => PipelineError,
): { readonly header: JsonObject; readonly start: number; readonly size: number } {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size < 8) throw damaged('it is shorter than its header length');
    const prefix = Buffer.alloc(8);
    readFully(descriptor, prefix, 0);
    const length = Number(prefix.readBigUInt64LE(0));
    if (8 + length > size) throw damaged('its header is longer than the file');
    if (length > LONGEST_HEADER) throw damaged('its header is too long');
    const text = Buffer.alloc(length);
    readFully(descriptor, text, 8);
    const header = parsed(text.toString('utf8'));
    if (header === undefined) throw damaged('its header is not JSON');
    if (!isObject(header)) throw damaged('its header is not a JSON object');
    return { header: header as JsonObject, start: 8 + length, size };
  } finally {
    closeSync(descriptor);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads its values when they are first used, so that a file may be larger than memory or a buffer. */
function storedTensor(
  path: string,
  shape: readonly number[],
  position: number,
  allocate: () => TensorData,
): Tensor {
  let read: TensorData | undefined;
  return {
    shape,
    get data() {
      if (read) return read;
      const data = allocate();
      const descriptor = openSync(path, 'r');
      try {
        readFully(descriptor, new Uint8Array(data.buffer), position);
      } finally {
        closeSync(descriptor);
      }
      return (read = data);
    },
  };
}

/** A tensor that must exist and have this element type. */
export function requireTensor<D extends TensorData>(
  file: SafetensorsFile,
  name: string,
  Type: { new (length: number): D },
): Tensor<D> {
  const tensor = file.tensors.get(name);
  if (!tensor)
    throw new PipelineError(
      'E_FORMAT',
      `tensor ${name} is missing; the file has ${[...file.tensors.keys()].join(', ')}`,
    );
  const { shape, data } = tensor;
  if (!(data instanceof Type)) throw new PipelineError('E_FORMAT', `tensor ${name} is not a ${Type.name}`);
  return { shape, data };
}
