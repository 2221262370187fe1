/**
 * The loops of elementwise arithmetic on two matrices, each rounded to float32 as it is stored. One loop for each
 * operation: a shared one that calls the operation is not inlined, and takes five times as long.
 */

/** How to go through both operands: places forward for the next row and the next column. */
export interface Walk {
  readonly shape: number[];
  readonly rows: number;
  readonly columns: number;
  readonly a: Steps;
  readonly b: Steps;
}
export type Steps = readonly [row: number, column: number];

type Pairwise = (a: Float32Array, b: Float32Array, walk: Walk, out: Float32Array) => void;

/** By the names of TensorFlow.js kernels. `out`: [rows, columns] */
export const PAIRWISE: Readonly<Record<string, Pairwise>> = {
  Add: (a, b, { rows, columns, a: [aRow, aColumn], b: [bRow, bColumn] }, out) => {
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0, i = r * aRow, j = r * bRow; c < columns; c++, at++, i += aColumn, j += bColumn)
        out[at] = a[i]! + b[j]!;
  },
  Sub: (a, b, { rows, columns, a: [aRow, aColumn], b: [bRow, bColumn] }, out) => {
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0, i = r * aRow, j = r * bRow; c < columns; c++, at++, i += aColumn, j += bColumn)
        out[at] = a[i]! - b[j]!;
  },
  Multiply: (a, b, { rows, columns, a: [aRow, aColumn], b: [bRow, bColumn] }, out) => {
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0, i = r * aRow, j = r * bRow; c < columns; c++, at++, i += aColumn, j += bColumn)
        out[at] = a[i]! * b[j]!;
  },
  RealDiv: (a, b, { rows, columns, a: [aRow, aColumn], b: [bRow, bColumn] }, out) => {
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0, i = r * aRow, j = r * bRow; c < columns; c++, at++, i += aColumn, j += bColumn)
        out[at] = a[i]! / b[j]!;
  },
  Maximum: (a, b, { rows, columns, a: [aRow, aColumn], b: [bRow, bColumn] }, out) => {
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0, i = r * aRow, j = r * bRow; c < columns; c++, at++, i += aColumn, j += bColumn)
        out[at] = Math.max(a[i]!, b[j]!);
  },
};
