/** The sizes of a recurrent encoder as the kernels see them: every block of units padded to whole panels. */
import { pad } from '../padding.ts';
import { cellOf, kernelsOf } from './cells/registry.ts';
import { directionCount, layerCount, outputWidth, type RecurrentShape } from './shape.ts';

/** The input of one layer. */
export interface LayerSizes {
  /** In blocks: the embedding, or the directions of the layer below. */
  readonly inputBlocks: number;
  /** Units of a block, without padding. */
  readonly inputBlock: number;
  /** Padded width of all blocks together. */
  readonly inputWidth: number;
}

export interface Sizes {
  readonly directions: number;
  readonly layers: number;
  /** G; 0 without a recurrent layer, as the next two. */
  readonly gates: number;
  /** Floats of the gates of a token, G·H, and of its record. */
  readonly gatesWidth: number;
  readonly recordWidth: number;
  /** H in the kernels: units of one direction. */
  readonly paddedHidden: number;
  /** Units of the pooled output, without padding. */
  readonly output: number;
  readonly paddedOutput: number;
  readonly layer: (index: number) => LayerSizes;
}

export function sizesOf(shape: RecurrentShape): Sizes {
  const cell = cellOf(shape.cell);
  const gates = cell?.gates ?? 0;
  const directions = directionCount(shape);
  const output = outputWidth(shape);
  const paddedHidden = pad(output / directions);
  const paddedOutput = paddedHidden * directions;
  return {
    directions,
    layers: layerCount(shape),
    gates,
    gatesWidth: gates * paddedHidden,
    recordWidth: cell ? kernelsOf(shape.cell).recordBlocks * paddedHidden : 0,
    paddedHidden,
    output,
    paddedOutput,
    layer: (index) =>
      index === 0
        ? { inputBlocks: 1, inputBlock: shape.input, inputWidth: pad(shape.input) }
        : { inputBlocks: directions, inputBlock: shape.hidden, inputWidth: paddedOutput },
  };
}
