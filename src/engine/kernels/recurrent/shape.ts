/**
 * What a recurrent encoder is made of, in the user's sizes: its shape, its weights and the width of its output.
 * How these are padded for the kernels is in sizes.ts.
 */

/**
 * `none` has no recurrent layer: it pools the embeddings themselves (`hidden` and `layers` mean nothing then).
 * Pooling `last` of two directions concatenates the last forward state and the last backward state, both of which have
 * seen the whole text. `attention` is the softmax over a text's tokens of h·v, v being a weight.
 */
export interface RecurrentShape {
  readonly cell: 'gru' | 'lstm' | 'none';
  readonly input: number;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly pooling: 'last' | 'mean' | 'max' | 'attention';
}

/** Gates computed at once: GRU z, r, n; LSTM i, f, g, o. */
export function gateCount(cell: RecurrentShape['cell']): number {
  return { gru: 3, lstm: 4, none: 0 }[cell];
}

/** 0 without a recurrent layer. */
export function layerCount(shape: RecurrentShape): number {
  return shape.cell === 'none' ? 0 : shape.layers;
}

/** 1 without a recurrent layer. */
export function directionCount(shape: RecurrentShape): number {
  return shape.bidirectional && shape.cell !== 'none' ? 2 : 1;
}

/** D: units of a pooled output. */
export function outputWidth(shape: RecurrentShape): number {
  return shape.cell === 'none' ? shape.input : shape.hidden * directionCount(shape);
}

export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The weights in their order: for each layer and direction `kernel` [input, G·H], `recurrent` [H, G·H], `bias` [G·H]
 * and for a GRU `recurrentBias` [G·H]; then `attention` [D]. Gates lie z | r | n (GRU: update, reset, candidate; reset
 * after the product, as in PyTorch and cuDNN) or i | f | g | o (LSTM).
 *   GRU   z = σ(x·Wz + bz + h·Uz + cz), r = σ(x·Wr + br + h·Ur + cr),
 *         n = tanh(x·Wn + bn + r ∘ (h·Un + cn)), h' = (1 − z) ∘ n + z ∘ h
 *   LSTM  c' = σ(f) ∘ c + σ(i) ∘ tanh(g), h' = σ(o) ∘ tanh(c')
 */
export function weightShapes(shape: RecurrentShape): readonly WeightShape[] {
  const width = gateCount(shape.cell) * shape.hidden;
  const directions = directionCount(shape);
  const weights: WeightShape[] = [];
  for (let l = 0; l < layerCount(shape); l++)
    for (let d = 0; d < directions; d++) {
      const prefix = `layer${l}.${d === 0 ? 'forward' : 'backward'}`;
      const input = l === 0 ? shape.input : shape.hidden * directions;
      weights.push({ name: `${prefix}.kernel`, shape: [input, width] });
      weights.push({ name: `${prefix}.recurrent`, shape: [shape.hidden, width] });
      weights.push({ name: `${prefix}.bias`, shape: [width] });
      if (shape.cell === 'gru') weights.push({ name: `${prefix}.recurrentBias`, shape: [width] });
    }
  if (shape.pooling === 'attention') weights.push({ name: 'attention', shape: [outputWidth(shape)] });
  return weights;
}
