/**
 * The recurrent layers as ONNX operators, with the weights in the order that they take. Ours: kernel [D, G·H] with
 * gates z | r | n (GRU) or i | f | g | o (LSTM); ONNX: W [directions, G·H, D] with z | r | h and i | o | f | c. Our GRU
 * applies the reset gate after the product, h' = (1 − z) ∘ n + z ∘ h, which is ONNX's with linear_before_reset = 1.
 */
import type { EncoderConfig } from '../../formats/model.ts';
import type { Graph, Value } from './graph.ts';

/** Our gates in the order of ONNX. */
const GATE_ORDER = { gru: [0, 1, 2], lstm: [0, 3, 1, 2] } as const;

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
      stacked(graph, parts, cell, hidden, size, 'kernel'),
      stacked(graph, parts, cell, hidden, hidden, 'recurrent'),
      biases(graph, parts, cell, hidden),
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
  cell: 'gru' | 'lstm',
  hidden: number,
  rows: number,
  name: string,
): Value {
  const order = GATE_ORDER[cell];
  const columns = order.length * hidden;
  const result = new Float32Array(parts.length * columns * rows);
  for (const [direction, part] of parts.entries()) {
    const own = part(name);
    for (const [place, gate] of order.entries())
      for (let unit = 0; unit < hidden; unit++)
        for (let row = 0; row < rows; row++)
          result[(direction * columns + place * hidden + unit) * rows + row] =
            own[row * columns + gate * hidden + unit]!;
  }
  return graph.constant(result, [parts.length, columns, rows]);
}

/** [directions, 2·G·H]: the bias of the input, then that of the state, which our LSTM does not have. */
function biases(graph: Graph, parts: readonly Part[], cell: 'gru' | 'lstm', hidden: number): Value {
  const order = GATE_ORDER[cell];
  const columns = order.length * hidden;
  const result = new Float32Array(parts.length * 2 * columns);
  const copy = (own: Float32Array, start: number): void => {
    for (const [place, gate] of order.entries())
      result.set(own.subarray(gate * hidden, (gate + 1) * hidden), start + place * hidden);
  };
  for (const [direction, part] of parts.entries()) {
    copy(part('bias'), direction * 2 * columns);
    if (cell === 'gru') copy(part('recurrentBias'), (direction * 2 + 1) * columns);
  }
  return graph.constant(result, [parts.length, 2 * columns]);
}
