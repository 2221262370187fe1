/**
 * Writes the messages of onnx.proto (https://onnx.ai, IR version 8) in the protobuf wire format. Only what the graphs
 * of graph.ts need; the numbers are the field numbers of onnx.proto.
 */

type Bytes = Buffer;

/** Varint wire type and length-delimited wire type. */
const VARINT = 0;
const BYTES = 2;

function varint(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

const tag = (field: number, wire: number): Bytes => varint((field << 3) | wire);

const integer = (field: number, value: number | bigint): Bytes =>
  Buffer.concat([tag(field, VARINT), varint(value)]);

function bytes(field: number, content: Bytes | string): Bytes {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([tag(field, BYTES), varint(body.length), body]);
}

/** TensorProto.DataType */
export const TYPES = { float: 1, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof TYPES;

export type TensorData = Float32Array | Int32Array | BigInt64Array;

function typeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float';
  return data instanceof Int32Array ? 'int32' : 'int64';
}

/** TensorProto; its data are little-endian, as the arrays are on every machine that Node runs on. */
export function tensorProto(name: string, shape: readonly number[], data: TensorData): Bytes {
  return Buffer.concat([
    ...shape.map((size) => integer(1, size)),
    integer(2, TYPES[typeOf(data)]),
    bytes(8, name),
    bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

export type Attribute = number | string | readonly number[];

/** AttributeProto: an integer, a string or a list of integers. */
function attributeProto(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return Buffer.concat([bytes(1, name), integer(3, value), integer(20, 2)]);
  if (typeof value === 'string') return Buffer.concat([bytes(1, name), bytes(4, value), integer(20, 3)]);
  return Buffer.concat([bytes(1, name), ...value.map((item) => integer(8, item)), integer(20, 7)]);
}

export interface NodeProto {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

function nodeProto({ operator, inputs, outputs, attributes }: NodeProto): Bytes {
  return Buffer.concat([
    ...inputs.map((input) => bytes(1, input)),
    ...outputs.map((output) => bytes(2, output)),
    // Every value has one producer, so that the name of its first output names a node.
    bytes(
      3,
      outputs.find((output) => output !== '')!,
    ),
    bytes(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeProto(name, value))),
  ]);
}

/** A size, or the name of one that may vary. */
export type Dimension = number | string;

export interface ValueProto {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

function valueProto({ name, type, shape }: ValueProto): Bytes {
  const dimensions = shape.map((size) =>
    bytes(1, typeof size === 'number' ? integer(1, size) : bytes(2, size)),
  );
  const tensor = Buffer.concat([integer(1, TYPES[type]), bytes(2, Buffer.concat(dimensions))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensor))]);
}

export interface ModelProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  /** TensorProtos. */
  readonly initializers: readonly Buffer[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 8;
const OPSET = 17;

/** ModelProto of one graph in the default operator set. */
export function modelProto(model: ModelProto): Bytes {
  const graph = Buffer.concat([
    ...model.nodes.map((node) => bytes(1, nodeProto(node))),
    bytes(2, model.name),
    ...model.initializers.map((tensor) => bytes(5, tensor)),
    ...model.inputs.map((value) => bytes(11, valueProto(value))),
    ...model.outputs.map((value) => bytes(12, valueProto(value))),
  ]);
  const operators = Buffer.concat([bytes(1, ''), integer(2, OPSET)]);
  return Buffer.concat([
    integer(1, IR_VERSION),
    bytes(2, 'two-tower'),
    bytes(7, graph),
    bytes(8, operators),
    ...Object.entries(model.metadata).map(([key, value]) =>
      bytes(14, Buffer.concat([bytes(1, key), bytes(2, value)])),
    ),
  ]);
}
