/** Reads the float tensors that are stored in an .onnx file, by name: as much of the protobuf format as that takes. */
import { PipelineError } from '../../base/diagnostic.ts';
import type { Tensor } from '../../formats/safetensors.ts';

interface Field {
  readonly number: number;
  /** A varint's value, or the length of `content`. */
  readonly value: number;
  readonly content: Buffer;
}

/** Fields of a message; those with fixed width are skipped. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('it is truncated');
      value += (byte & 0x7f) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else {
      const value = varint();
      const end = wire === 2 ? at + value : at;
      if (end > message.length) throw new RangeError('it is truncated');
      yield { number: tag >> 3, value, content: message.subarray(at, end) };
      at = end;
    }
  }
}

const GRAPH = 7;
const INITIALIZER = 5;
/** Of TensorProto. */
const DIMENSION = 1;
const TYPE = 2;
const NAME = 8;
const DATA = 9;
const FLOAT = 1;

export function readInitializers(file: Buffer, name: string): ReadonlyMap<string, Tensor<Float32Array>> {
  try {
    const graphs = [...fieldsOf(file)].filter(({ number }) => number === GRAPH);
    const tensors = graphs.flatMap(({ content }) =>
      [...fieldsOf(content)].filter(({ number }) => number === INITIALIZER),
    );
    return new Map(tensors.flatMap(({ content }) => tensorOf(content)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PipelineError('E_FORMAT', `${name} is not a usable ONNX file: ${error.message}`);
  }
}

function tensorOf(message: Buffer): [string, Tensor<Float32Array>][] {
  const fields = [...fieldsOf(message)];
  const one = (wanted: number): Field | undefined => fields.find(({ number }) => number === wanted);
  const data = one(DATA)?.content;
  if (one(TYPE)?.value !== FLOAT || !data) return [];
  const shape = fields
    .filter(({ number }) => number === DIMENSION)
    // Other writers pack the sizes into one field.
    .flatMap(({ value, content }) => (content.length > 0 ? [...packed(content)] : [value]));
  const values = new Float32Array(
    data.buffer.slice(data.byteOffset, data.byteOffset + data.length) as ArrayBuffer,
  );
  return [[one(NAME)?.content.toString() ?? '', { shape, data: values }]];
}

function* packed(content: Buffer): Generator<number> {
  let value = 0;
  let scale = 1;
  for (const byte of content) {
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    yield value;
    [value, scale] = [0, 1];
  }
}
