/**
 * Arithmetic on two matrices, or a matrix and a row, column or number, and a matrix cut into columns. tfjs-backend-cpu
 * finds every value by dividing its place by the shape's strides, which took a quarter of a training step; the values
 * are the same to the bit.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PAIRWISE, type Steps, type Walk } from './pairwise.ts';

export const ON_MATRICES = [...Object.keys(PAIRWISE), 'SplitV'];

/** What is used here of MathBackendCPU; the class itself comes in several builds. */
export interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

/** Takes the place of tfjs-backend-cpu's kernels, which go on doing what is not about matrices of float32. */
export function registerOnMatrices(backendName: string): void {
  for (const [kernelName, compute] of Object.entries(PAIRWISE))
    replace(kernelName, backendName, ({ inputs, backend }) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const walk = a.dtype === 'float32' && b.dtype === 'float32' ? walkOf(a.shape, b.shape) : undefined;
      if (!walk) return undefined;
      const [left, right] = [a, b].map(({ dataId }) => backend.data.get(dataId).values);
      const out = new Float32Array(walk.rows * walk.columns);
      compute(left!, right!, walk, out);
      return backend.makeTensorInfo(walk.shape, 'float32', out);
    });
  // The gradient of a concatenation.
  replace('SplitV', backendName, ({ inputs, backend, attrs }) => {
    const { x } = inputs as { x: tf.TensorInfo };
    const { numOrSizeSplits, axis } = attrs as { numOrSizeSplits: number[] | number; axis: number };
    if (x.dtype !== 'float32' || x.shape.length !== 2 || (axis !== 1 && axis !== -1)) return undefined;
    const widths = tf.backend_util.prepareSplitSize(x, numOrSizeSplits, 1);
    const values = backend.data.get(x.dataId).values;
    const [rows, columns] = x.shape as [number, number];
    let right = 0;
    return widths.map((width) => {
      const left = right;
      right += width;
      return backend.makeTensorInfo([rows, width], 'float32', columnsOf(values, columns, left, width));
    });
  });
}

interface Call {
  readonly inputs: object;
  readonly backend: CpuBackend;
  readonly attrs: object;
}

/** `on` gives undefined for what it leaves to the ordinary kernel. */
function replace(
  kernelName: string,
  backendName: string,
  on: (call: Call) => tf.TensorInfo | tf.TensorInfo[] | undefined,
): void {
  const ordinary = tf.getKernel(kernelName, 'cpu');
  tf.registerKernel({
    ...ordinary,
    backendName,
    kernelFunc: (call) => on(call as unknown as Call) ?? ordinary.kernelFunc(call),
  });
}

/** values: [rows, columns] → [rows, width], from column `left` on */
function columnsOf(values: Float32Array, columns: number, left: number, width: number): Float32Array {
  const rows = values.length / columns;
  const out = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const start = r * columns + left;
    out.set(values.subarray(start, start + width), r * width);
  }
  return out;
}

/** Undefined for what is no matrix; equal shapes of any rank count as one row. */
function walkOf(a: number[], b: number[]): Walk | undefined {
  if (tf.util.arraysEqual(a, b))
    return { shape: a, rows: 1, columns: tf.util.sizeFromShape(a), a: [0, 1], b: [0, 1] };
  const rank = Math.max(a.length, b.length);
  if (rank > 2) return undefined;
  const [left, right] = [asMatrix(a), asMatrix(b)];
  const rows = broadcast(left[0], right[0]);
  const columns = broadcast(left[1], right[1]);
  if (rows === undefined || columns === undefined) return undefined;
  return {
    shape: [rows, columns].slice(2 - rank),
    rows,
    columns,
    a: stepsOf(left),
    b: stepsOf(right),
  };
}

function asMatrix(shape: readonly number[]): [rows: number, columns: number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

function broadcast(a: number, b: number): number | undefined {
  return a === b || b === 1 ? a : a === 1 ? b : undefined;
}

function stepsOf([rows, columns]: readonly [number, number]): Steps {
  return [rows === 1 ? 0 : columns, columns === 1 ? 0 : 1];
}
