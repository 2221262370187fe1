/** What a recurrent encoder is made of, and the order and shapes of its dense weights. */

export type Cell = 'gru' | 'lstm' | 'none';
export type Pooling = 'last' | 'mean' | 'max' | 'attention';

export interface RecurrentShape {
  /** `none`: the embeddings themselves are pooled. */
  readonly cell: Cell;
  /** Width of an embedding. */
  readonly input: number;
  /** Width of one direction's state. */
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly pooling: Pooling;
}

export interface WeightShape {
  /** `layer_0.forward.kernel`: what it is called in a model file. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Gates computed at once: GRU z, r, n; LSTM i, f, g, o. */
export function gateCount(cell: Cell): number {
  return { gru: 3, lstm: 4, none: 0 }[cell];
}

/** Width of what is pooled, and of the result. */
export function outputWidth(shape: RecurrentShape): number {
  if (shape.cell === 'none') return shape.input;
  return shape.hidden * (shape.bidirectional ? 2 : 1);
}

/**
 * Per layer, per direction: kernel [in, G·H], recurrent [H, G·H], bias [G·H] and, for a GRU, recurrent_bias [G·H];
 * then attention [D] where that pools.
 */
export function weightShapes(shape: RecurrentShape): WeightShape[] {
  const weights: WeightShape[] = [];
  const { cell, hidden } = shape;
  const gates = gateCount(cell) * hidden;
  for (let layer = 0; cell !== 'none' && layer < shape.layers; layer++) {
    const width = layer === 0 ? shape.input : outputWidth(shape);
    for (const direction of shape.bidirectional ? ['forward', 'backward'] : ['forward']) {
      const name = `layer_${layer}.${direction}`;
      weights.push(
        { name: `${name}.kernel`, shape: [width, gates] },
        { name: `${name}.recurrent`, shape: [hidden, gates] },
        { name: `${name}.bias`, shape: [gates] },
      );
      if (cell === 'gru') weights.push({ name: `${name}.recurrent_bias`, shape: [gates] });
    }
  }
  if (shape.pooling === 'attention') weights.push({ name: 'attention', shape: [outputWidth(shape)] });
  return weights;
}
