/** Numbers that views carry as base64, because a JSON list of them is five times as long. */

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Room around the points, so that none is cut by the frame. */
const MARGIN = 0.015;

/** Pairs of little-endian uint16 as positions in 0 … 1; y grows downwards on the screen. */
export function unitPositions(base64: string): { readonly x: Float32Array; readonly y: Float32Array } {
  const bytes = bytesOf(base64);
  const view = new DataView(bytes.buffer);
  const count = bytes.length >> 2;
  const at = (index: number): number =>
    MARGIN + (1 - 2 * MARGIN) * (view.getUint16(index * 2, true) / 65_535);
  return {
    x: Float32Array.from({ length: count }, (_, i) => at(2 * i)),
    y: Float32Array.from({ length: count }, (_, i) => 1 - at(2 * i + 1)),
  };
}
