/**
 * Matrices of recurrent layers as other programs store them. Ours are [rows, G·H] with the G gates next to each other;
 * theirs [G·H, rows] in an order of gates of their own, given as the place of each of their gates in ours. With one
 * gate, both directions are a transposition.
 */
export function byGates(own: Float32Array, rows: number, order: readonly number[]): Float32Array {
  const result = new Float32Array(own.length);
  forEachPlace(own.length, rows, order, (ours, theirs) => (result[theirs] = own[ours]!));
  return result;
}

/** The inverse of `byGates`. */
export function fromGates(theirs: Float32Array, rows: number, order: readonly number[]): Float32Array {
  const result = new Float32Array(theirs.length);
  forEachPlace(theirs.length, rows, order, (ours, their) => (result[ours] = theirs[their]!));
  return result;
}

function forEachPlace(
  length: number,
  rows: number,
  order: readonly number[],
  visit: (ours: number, theirs: number) => void,
): void {
  const columns = length / rows;
  const hidden = columns / order.length;
  for (const [place, gate] of order.entries())
    for (let unit = 0; unit < hidden; unit++)
      for (let row = 0; row < rows; row++)
        visit(row * columns + gate * hidden + unit, (place * hidden + unit) * rows + row);
}

export function concatenated(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    result.set(part, start);
    start += part.length;
  }
  return result;
}
