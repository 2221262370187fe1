/** Builds an ONNX graph step by step: each operation returns the name of its result. */
import {
  modelProto,
  tensorProto,
  type Attribute,
  type NodeProto,
  type TensorData,
  type ValueProto,
} from './wire.ts';

/** The name of a value in the graph. */
export type Value = string & { readonly __value: never };

export interface Graph {
  input(value: ValueProto): Value;
  /** A tensor that is stored in the model; weights have a name, by which an import finds them. */
  constant(data: TensorData, shape: readonly number[], name?: string): Value;
  /** An int64 vector, as axes and shapes are given; one number for a scalar. */
  integers(values: number | readonly number[]): Value;
  scalar(value: number): Value;
  operation(
    operator: string,
    inputs: readonly Value[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value;
  /** The first results of an operation that has several. */
  operations(
    count: number,
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
  ): Value[];
  /** The bytes of an .onnx file. */
  finish(result: Value, output: ValueProto, metadata: Readonly<Record<string, string>>): Buffer;
}

export function createGraph(name: string): Graph {
  const nodes: NodeProto[] = [];
  const initializers: Buffer[] = [];
  const inputs: ValueProto[] = [];
  let count = 0;
  const fresh = (stem: string): Value => `${stem}_${++count}` as Value;

  const constant = (data: TensorData, shape: readonly number[], name?: string): Value => {
    const value = (name as Value | undefined) ?? fresh('constant');
    initializers.push(tensorProto(value, shape, data));
    return value;
  };
  const operations: Graph['operations'] = (results, operator, given, attributes) => {
    const outputs = Array.from({ length: results }, () => fresh(operator.toLowerCase()));
    nodes.push({ operator, inputs: given, outputs, attributes });
    return outputs;
  };
  return {
    input: (value) => {
      inputs.push(value);
      return value.name as Value;
    },
    constant,
    integers: (values) =>
      typeof values === 'number'
        ? constant(BigInt64Array.of(BigInt(values)), [])
        : constant(BigInt64Array.from(values, BigInt), [values.length]),
    scalar: (value) => constant(Float32Array.of(value), []),
    operation: (operator, given, attributes = {}) => operations(1, operator, given, attributes)[0]!,
    operations,
    finish: (result, output, metadata) => {
      nodes.push({ operator: 'Identity', inputs: [result], outputs: [output.name], attributes: {} });
      return modelProto({ name, nodes, initializers, inputs, outputs: [output], metadata });
    },
  };
}
