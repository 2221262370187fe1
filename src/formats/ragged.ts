/** Rows of different lengths in two flat arrays: row i is `values[offsets[i]]` up to, not including, `values[offsets[i + 1]]`. */
export interface Ragged {
  readonly values: Uint32Array;
  /** [rows + 1], starts with 0, non-decreasing. */
  readonly offsets: Uint32Array;
}

export function rowCount(ragged: Ragged): number {
  return ragged.offsets.length - 1;
}

/** A view, not a copy. */
export function row(ragged: Ragged, index: number): Uint32Array {
  return ragged.values.subarray(ragged.offsets[index], ragged.offsets[index + 1]);
}

export function raggedFrom(rows: readonly ArrayLike<number>[]): Ragged {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [index, values] of rows.entries()) offsets[index + 1] = offsets[index]! + values.length;
  const values = new Uint32Array(offsets[rows.length]!);
  for (const [index, items] of rows.entries()) values.set(items, offsets[index]);
  return { values, offsets };
}
