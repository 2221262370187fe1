/**
 * The embedded TensorFlow.js backend: the kernels of tfjs-backend-cpu, which are plain JavaScript and therefore
 * exact by ECMAScript, but for those that call Math.exp and its like, whose last bits differ between versions of
 * V8. Those are replaced, or missing: an op that would need one fails loudly instead of giving other bytes elsewhere.
 * Matrix products and other work on matrices are replaced too, for speed.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Kernels } from '../kernels/kernels.ts';
import { ON_MATRICES, registerOnMatrices, type CpuBackend } from './matrices.ts';

export const EMBEDDED = 'embedded';

/** Kernels of the cpu backend that reach a Math function which ECMAScript leaves to the engine. */
const INEXACT = [
  ...[
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atan2',
    'Atanh',
    'Cos',
    'Cosh',
    'Sin',
    'Sinh',
    'Tan',
    'Tanh',
  ],
  ...['Exp', 'Expm1', 'Log', 'Log1p', 'Pow', 'Sigmoid', 'Softmax', 'Softplus', 'Elu', 'Selu', 'Erf'],
  ...['LRN', 'LRNGrad', 'FFT', 'IFFT', 'RotateWithOffset', 'Multinomial', '_FusedMatMul', 'FusedConv2D'],
  ...['FusedDepthwiseConv2D', 'SparseSegmentMean', 'Einsum'],
];
const REPLACED = ['BatchMatMul', ...ON_MATRICES];

let current: Kernels | undefined;

/** Makes it the current backend, computing with these kernels from now on. */
export async function useEmbeddedBackend(kernels: Kernels): Promise<void> {
  if (!current) register();
  current = kernels;
  await tf.setBackend(EMBEDDED);
}

function register(): void {
  // Its first use would otherwise print an advertisement for the native backend.
  tf.registerBackend(EMBEDDED, () => Object.assign(new MathBackendCPU(), { firstUse: false }));
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    if (![...INEXACT, ...REPLACED].includes(kernel.kernelName))
      tf.registerKernel({ ...kernel, backendName: EMBEDDED });
  }
  registerOnMatrices(EMBEDDED);
  elementwise('Exp', (x) => current!.exp(x));
  elementwise('Log', (x) => current!.log(x));
  elementwise('Sigmoid', (x) => current!.sigmoid(x));
  elementwise('Tanh', (x) => current!.tanh(x));
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      return matMul(backend as CpuBackend, a, b, attrs as unknown as Transposes);
    },
  });
}

function elementwise(kernelName: string, of: (x: Float32Array) => Float32Array): void {
  tf.registerKernel({
    kernelName,
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, backend }) => {
      const { x } = inputs as { x: tf.TensorInfo };
      const cpu = backend as CpuBackend;
      return cpu.makeTensorInfo(x.shape, 'float32', of(cpu.data.get(x.dataId).values));
    },
  });
}

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** a [..., m, k] · b [..., k, n]: as many matrices on both sides, or one on either that serves all. */
function matMul(
  backend: CpuBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposes: Transposes,
): tf.TensorInfo {
  const { transposeA, transposeB } = transposes;
  const [m, k] = lastTwo(a.shape, transposeA);
  const [, n] = lastTwo(b.shape, transposeB);
  const outer = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const batch = outer.reduce((product, size) => product * size, 1);
  const values = (tensor: tf.TensorInfo): Float32Array => backend.data.get(tensor.dataId).values;
  const result = current!.matMul(values(a), values(b), { batch, m, k, n, transposeA, transposeB });
  return backend.makeTensorInfo([...outer, m, n], 'float32', result);
}

function lastTwo(shape: readonly number[], transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [columns, rows] : [rows, columns];
}
