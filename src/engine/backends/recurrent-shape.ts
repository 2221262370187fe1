/** What a recurrent encoder is made of: the kernels' own terms, and two sizes that follow. */
import type { RecurrentShape } from '../kernels/recurrent/shape.ts';

export { weightShapes, type RecurrentShape, type WeightShape } from '../kernels/recurrent/shape.ts';

/** Gates computed at once: GRU z, r, n; LSTM i, f, g, o. */
export function gateCount(cell: RecurrentShape['cell']): number {
  return { gru: 3, lstm: 4, none: 0 }[cell];
}

/** Width of what is pooled, and of the result. */
export function outputWidth(shape: RecurrentShape): number {
  if (shape.cell === 'none') return shape.input;
  return shape.hidden * (shape.bidirectional ? 2 : 1);
}
