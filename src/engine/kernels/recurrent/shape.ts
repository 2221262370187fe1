/**
 * What a recurrent encoder is made of, in the user's sizes: its shape, its weights and the width of its output.
 * How these are padded for the kernels is in sizes.ts.
 */

import { cellOf, type CellChoice } from './cells/registry.ts';

/**
 * `none` has no recurrent layer: it pools the embeddings themselves (`hidden` and `layers` mean nothing then).
 * Pooling `last` of two directions concatenates the last forward state and the last backward state, both of which have
 * seen the whole text. `attention` is the softmax over a text's tokens of h·v, v being a weight.
 */
export interface RecurrentShape {
  readonly cell: CellChoice;
  readonly input: number;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly pooling: 'last' | 'mean' | 'max' | 'attention';
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
 * The weights in their order: for each layer and direction `kernel` [input, G·H], `recurrent` [H, G·H] and the cell's
 * biases [G·H], the gates in the order of the cell; then `attention` [D].
 */
export function weightShapes(shape: RecurrentShape): readonly WeightShape[] {
  const weights: WeightShape[] = [];
  const cell = cellOf(shape.cell);
  if (cell) {
    const width = cell.gates * shape.hidden;
    const directions = directionCount(shape);
    for (let l = 0; l < shape.layers; l++)
      for (let d = 0; d < directions; d++) {
        const prefix = `layer${l}.${d === 0 ? 'forward' : 'backward'}`;
        const input = l === 0 ? shape.input : shape.hidden * directions;
        weights.push({ name: `${prefix}.kernel`, shape: [input, width] });
        weights.push({ name: `${prefix}.recurrent`, shape: [shape.hidden, width] });
        for (const { name } of cell.biases) weights.push({ name: `${prefix}.${name}`, shape: [width] });
      }
  }
  if (shape.pooling === 'attention') weights.push({ name: 'attention', shape: [outputWidth(shape)] });
  return weights;
}

/** How many weights each direction of a layer has. */
export function weightsEach({ cell }: RecurrentShape): number {
  return 2 + (cellOf(cell)?.biases.length ?? 0);
}
