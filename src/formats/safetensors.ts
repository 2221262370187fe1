/**
 * The safetensors container, format 1.0 (https://huggingface.co/docs/safetensors): an 8-byte little-endian
 * header length, a JSON header, then the tensors' bytes, row-major and little-endian. The header is canonical JSON
 * padded with spaces to a multiple of 8, and the tensors go by name, so that equal tensors give equal files.
 *
 * Element types here are F32, I32, U32 and U8. Python's `safetensors` package knows U32 for NumPy.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { PipelineError } from '../base/diagnostic.ts';
import { canonicalJson, isObject, type JsonObject } from '../base/json.ts';

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
  const descriptor = openSync(path, 'wx');
  try {
    writeFully(descriptor, head);
    for (const name of names) {
      const { data } = tensors[name]!;
      writeFully(descriptor, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  } finally {
    closeSync(descriptor);
  }
}

const WRITE_CHUNK = 1 << 26;

/** Writes every byte: a single write call may write fewer than asked, and at most 2 GiB. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, Math.min(WRITE_CHUNK, bytes.length - done));
  }
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Reads a whole file. Damaged headers and types other than F32, I32, U32 and U8 are an `E_FORMAT` error. */
export function readSafetensors(path: string): SafetensorsFile {
  const file = readFileSync(path);
  const damaged = (why: string): PipelineError =>
    new PipelineError('E_FORMAT', `${path} is not a usable safetensors file: ${why}`);
  if (file.length < 8) throw damaged('it is shorter than its header length');
  const headerLength = Number(file.readBigUInt64LE(0));
  const start = 8 + headerLength;
  if (start > file.length) throw damaged('its header is longer than the file');
  let header: unknown;
  try {
    header = JSON.parse(file.toString('utf8', 8, start));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (!isObject(header)) throw damaged('its header is not a JSON object');
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as {
      dtype: string;
      shape: number[];
      data_offsets: [number, number];
    };
    if (!(dtype in TYPES)) throw damaged(`tensor ${name} has type ${dtype}`);
    if (start + offsets[1] > file.length) throw damaged(`tensor ${name} extends past the end of the file`);
    const bytes = file.subarray(start + offsets[0], start + offsets[1]);
    const Type = TYPES[dtype as TypeName];
    const data =
      bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0
        ? new Type(bytes.buffer, bytes.byteOffset, bytes.byteLength / Type.BYTES_PER_ELEMENT)
        : new Type(new Uint8Array(bytes).buffer);
    if (shape.reduce((product, length) => product * length, 1) !== data.length)
      throw damaged(`the size of tensor ${name} does not match its shape`);
    tensors.set(name, { shape, data });
  }
  return { metadata: (header['__metadata__'] ?? {}) as Record<string, string>, tensors };
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
  if (!(tensor.data instanceof Type))
    throw new PipelineError('E_FORMAT', `tensor ${name} is not a ${Type.name}`);
  return { shape: tensor.shape, data: tensor.data };
}
