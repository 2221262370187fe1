/** What a recurrent encoder is made of, and how its sizes are padded for the kernels. */

/**
 * `none` has no recurrent layer: it pools the embeddings themselves (`hidden` and `layers` mean nothing then).
 * Pooling `last` of two directions is the last forward state beside the first backward state, both of which have
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

/** Floats in a panel of the matrix products; every block of units is padded to whole panels, with zeros. */
const PANEL = 8;

export const pad = (size: number): number => Math.ceil(size / PANEL) * PANEL;

/** One direction of one layer. */
export interface LayerSizes {
  /** Width of the layer's input in blocks: the embedding, or the directions of the layer below. */
  readonly inputBlocks: number;
  readonly inputBlock: number;
  /** Padded width of the whole input. */
  readonly inputWidth: number;
}

export interface Sizes {
  readonly directions: number;
  readonly layers: number;
  /** Gates: 3 (GRU) or 4 (LSTM). */
  readonly gates: number;
  /** Padded units of one direction. */
  readonly hidden: number;
  /** Units of the pooled output, and padded. */
  readonly output: number;
  readonly outputWidth: number;
  readonly layer: (index: number) => LayerSizes;
}

export function sizesOf(shape: RecurrentShape): Sizes {
  const none = shape.cell === 'none';
  const directions = shape.bidirectional && !none ? 2 : 1;
  const unit = none ? shape.input : shape.hidden;
  const hidden = pad(unit);
  return {
    directions,
    layers: none ? 0 : shape.layers,
    gates: shape.cell === 'gru' ? 3 : 4,
    hidden,
    output: unit * directions,
    outputWidth: hidden * directions,
    layer: (index) =>
      index === 0
        ? { inputBlocks: 1, inputBlock: shape.input, inputWidth: pad(shape.input) }
        : { inputBlocks: directions, inputBlock: shape.hidden, inputWidth: hidden * directions },
  };
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
  const { directions, layers, gates, output, layer } = sizesOf(shape);
  const width = gates * shape.hidden;
  const weights: WeightShape[] = [];
  for (let l = 0; l < layers; l++)
    for (let d = 0; d < directions; d++) {
      const prefix = `layer${l}.${d === 0 ? 'forward' : 'backward'}`;
      const { inputBlocks, inputBlock } = layer(l);
      weights.push({ name: `${prefix}.kernel`, shape: [inputBlocks * inputBlock, width] });
      weights.push({ name: `${prefix}.recurrent`, shape: [shape.hidden, width] });
      weights.push({ name: `${prefix}.bias`, shape: [width] });
      if (shape.cell === 'gru') weights.push({ name: `${prefix}.recurrentBias`, shape: [width] });
    }
  if (shape.pooling === 'attention') weights.push({ name: 'attention', shape: [output] });
  return weights;
}
