/** The recurrent encoder written as loops over numbers: slow, plain, and independent of TensorFlow.js and kernels. */
import type { RecurrentShape } from '../../../src/engine/kernels/recurrent/shape.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

type Vector = number[];

function affine(x: Vector, kernel: Float64Array, bias: Float64Array | undefined, columns: number): Vector {
  return Array.from({ length: columns }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * kernel[i * columns + j]!, bias?.[j] ?? 0),
  );
}

function gru(
  x: Vector,
  h: Vector,
  [kernel, recurrent, bias, recurrentBias]: readonly Float64Array[],
): Vector {
  const size = h.length;
  const a = affine(x, kernel!, bias, 3 * size);
  const b = affine(h, recurrent!, recurrentBias, 3 * size);
  return h.map((old, j) => {
    const z = sigmoid(a[j]! + b[j]!);
    const r = sigmoid(a[size + j]! + b[size + j]!);
    const n = Math.tanh(a[2 * size + j]! + r * b[2 * size + j]!);
    return (1 - z) * n + z * old;
  });
}

function lstm(
  x: Vector,
  { h, c }: { h: Vector; c: Vector },
  [kernel, recurrent, bias]: readonly Float64Array[],
): { h: Vector; c: Vector } {
  const size = h.length;
  const a = affine(x, kernel!, bias, 4 * size);
  const b = affine(h, recurrent!, undefined, 4 * size);
  const gate = (g: number, j: number): number => a[g * size + j]! + b[g * size + j]!;
  const memory = c.map((old, j) => sigmoid(gate(1, j)) * old + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
  return { h: memory.map((value, j) => sigmoid(gate(3, j)) * Math.tanh(value)), c: memory };
}

function direction(inputs: Vector[], shape: RecurrentShape, weights: readonly Float64Array[]): Vector[] {
  let h: Vector = new Array<number>(shape.hidden).fill(0);
  let c = h;
  return inputs.map((x) => {
    if (shape.cell === 'gru') h = gru(x, h, weights);
    else ({ h, c } = lstm(x, { h, c }, weights));
    return h;
  });
}

/** The pooled states of one text. weights: as `weightShapes` lists them. */
export function referenceEncoding(
  text: readonly Vector[],
  shape: RecurrentShape,
  weights: readonly Float64Array[],
): Vector {
  const per = shape.cell === 'gru' ? 4 : 3;
  let next = 0;
  let states: Vector[] = [...text];
  let last: Vector = text.at(-1) ?? [];
  for (let layer = 0; shape.cell !== 'none' && layer < shape.layers; layer++) {
    const forward = direction(states, shape, weights.slice(next, (next += per)));
    const backward = shape.bidirectional
      ? direction([...states].reverse(), shape, weights.slice(next, (next += per)))
      : [];
    last = [...(forward.at(-1) ?? []), ...(backward.at(-1) ?? [])];
    states = forward.map((state, t) => [...state, ...(backward.at(-1 - t) ?? [])]);
  }
  const width = shape.cell === 'none' ? shape.input : shape.hidden * (shape.bidirectional ? 2 : 1);
  if (text.length === 0) return new Array<number>(width).fill(0);
  if (shape.pooling === 'last') return last;
  const parts = poolingWeights(states, shape, weights.at(-1)!);
  return Array.from({ length: width }, (_, j) =>
    shape.pooling === 'max'
      ? Math.max(...states.map((state) => state[j]!))
      : states.reduce((sum, state, t) => sum + parts[t]! * state[j]!, 0),
  );
}

function poolingWeights(states: Vector[], { pooling }: RecurrentShape, attention: Float64Array): Vector {
  if (pooling !== 'attention') return states.map(() => 1 / states.length);
  const raised = states.map((state) => Math.exp(state.reduce((s, v, j) => s + v * attention[j]!, 0)));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
