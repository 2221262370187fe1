/** The dropout mask as src/engine/kernels/assembly/lib/tokens.ts documents it, written again. */
import type { RecurrentShape } from '../../../../src/engine/kernels/recurrent/shape.ts';
import type { Mask } from './reference.ts';

function scatter(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) | 0;
}

/** Units are counted as they lie: each direction padded to a multiple of 8. */
export function maskOf(
  { hidden }: RecurrentShape,
  dropout: { input: number; output: number },
  seed: number,
): Mask {
  return (place, row, token, unit) => {
    const rate = place === 0 ? dropout.input : dropout.output;
    if (rate === 0) return 1;
    const start = (Math.imul(seed, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) | 0;
    const key = scatter((scatter((scatter(start) + row) | 0) + token) | 0);
    const direction = place === 0 ? 0 : Math.floor(unit / hidden);
    const lane = unit + direction * (Math.ceil(hidden / 8) * 8 - hidden);
    const number = scatter((scatter(lane) + key) | 0) >>> 8;
    return number >= Math.round(rate * 2 ** 24) ? Math.fround(1 / (1 - rate)) : 0;
  };
}
