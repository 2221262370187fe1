/**
 * The recurrent layers as ONNX operators, with the weights in the order that they take. Ours: kernel [D, G·H] with
 * gates z | r | n (GRU) or i | f | g | o (LSTM); ONNX: W [directions, G·H, D] with z | r | h and i | o | f | c. Our GRU
 * applies the reset gate after the product, h' = (1 − z) ∘ n + z ∘ h, which is ONNX's with linear_before_reset = 1.
 */
import type { EncoderConfig } from '../../formats/model.ts';
import { byGates, concatenated } from '../gates.ts';
import type { Graph, Value } from './graph.ts';

/** For each gate in the order of ONNX, its place in ours. */
export const ONNX_GATES = { gru: [0, 1, 2], lstm: [0, 3, 1, 2] } as const;

interface RecurrentCell {
  readonly cell: 'gru' | 'lstm';
  readonly hidden: number;
}

/** A weight of the tower by its name, such as `layer0.forward.kernel`. */
export type Weight = (name: string) => Float32Array;

export interface States {
  /** [batch, tokens, width]: after the last layer. */
  readonly all: Value;
  /** [batch, width]: the last state of each direction of the last layer. */
  readonly last: Value;
  readonly width: number;
}

/** `embedded`: [batch, tokens, input]. `lengths`: [batch], int32, each at least 1. */
export function recurrentLayers(
  graph: Graph,
  encoder: EncoderConfig & { readonly cell: 'gru' | 'lstm' },
  { embedded, lengths, input }: { readonly embedded: Value; readonly lengths: Value; readonly input: number },
  weight: Weight,
): States {
  const { cell, hidden, layers, bidirectional } = encoder;
  const directions = bidirectional ? ['forward', 'backward'] : ['forward'];
  const width = directions.length * hidden;
  // ONNX runs over [tokens, batch, width].
  let x = graph.operation('Transpose', [embedded], { perm: [1, 0, 2] });
  let last = x;
  for (let layer = 0; layer < layers; layer++) {
    const size = layer === 0 ? input : width;
    const parts = directions.map(
      (direction) => (name: string) => weight(`layer${layer}.${direction}.${name}`),
    );
    const inputs = [
      x,
      stacked(graph, parts, { cell, hidden, rows: size, name: 'kernel', as: `layer${layer}.W` }),
      stacked(graph, parts, { cell, hidden, rows: hidden, name: 'recurrent', as: `layer${layer}.R` }),
      biases(graph, parts, { cell, hidden }, `layer${layer}.B`),
      lengths,
    ];
    const attributes = {
      hidden_size: hidden,
      direction: bidirectional ? 'bidirectional' : 'forward',
      ...(cell === 'gru' && { linear_before_reset: 1 }),
    };
    const [states, final] = graph.operations(2, cell.toUpperCase(), inputs, attributes);
    x = joined(graph, states!, width);
    last = lastStates(graph, final!, width);
  }
  return { all: graph.operation('Transpose', [x], { perm: [1, 0, 2] }), last, width };
}

/** [tokens, directions, batch, hidden] → [tokens, batch, width] */
function joined(graph: Graph, states: Value, width: number): Value {
  const ordered = graph.operation('Transpose', [states], { perm: [0, 2, 1, 3] });
  return graph.operation('Reshape', [ordered, graph.integers([0, 0, width])]);
}

/** [directions, batch, hidden] → [batch, width] */
function lastStates(graph: Graph, states: Value, width: number): Value {
  const ordered = graph.operation('Transpose', [states], { perm: [1, 0, 2] });
  return graph.operation('Reshape', [ordered, graph.integers([0, width])]);
}

type Part = (name: string) => Float32Array;

/** [directions, G·H, rows] from our [rows, G·H] of each direction. */
function stacked(
  graph: Graph,
  parts: readonly Part[],
  {
    cell,
    hidden,
    rows,
    name,
    as,
  }: RecurrentCell & { readonly rows: number; readonly name: string; readonly as: string },
): Value {
  const order = ONNX_GATES[cell];
  const columns = order.length * hidden;
  const matrices = parts.map((part) => byGates(part(name), rows, order));
  return graph.constant(concatenated(matrices), [parts.length, columns, rows], as);
}

/** [directions, 2·G·H]: the bias of the input, then that of the state, which our LSTM does not have. */
function biases(graph: Graph, parts: readonly Part[], { cell, hidden }: RecurrentCell, as: string): Value {
  const order = ONNX_GATES[cell];
  const columns = order.length * hidden;
  const vectors = parts.flatMap((part) => [
    byGates(part('bias'), 1, order),
    cell === 'gru' ? byGates(part('recurrentBias'), 1, order) : new Float32Array(columns),
  ]);
  return graph.constant(concatenated(vectors), [parts.length, 2 * columns], as);
}
