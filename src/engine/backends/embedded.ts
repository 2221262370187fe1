/**
 * The embedded TensorFlow.js backend: the kernels of tfjs-backend-cpu, which are plain JavaScript and therefore
 * exact by ECMAScript, but for those that call Math.exp and its like, whose last bits differ between versions of
 * V8. Those are replaced, or missing: an op that would need one fails loudly instead of giving other bytes elsewhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { exp, log } from '../../base/math.ts';

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

/** What is used here of MathBackendCPU; the class itself comes in several builds. */
interface Backend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

let registered = false;

/** Makes it the current backend. */
export async function useEmbeddedBackend(): Promise<void> {
  if (!registered) {
    registered = true;
    register();
  }
  await tf.setBackend(EMBEDDED);
}

function register(): void {
  // Its first use would otherwise print an advertisement for the native backend.
  tf.registerBackend(EMBEDDED, () => Object.assign(new MathBackendCPU(), { firstUse: false }));
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    if (!INEXACT.includes(kernel.kernelName)) tf.registerKernel({ ...kernel, backendName: EMBEDDED });
  }
  elementwise('Exp', exp);
  elementwise('Log', log);
  elementwise('Sigmoid', (x) => 1 / (1 + exp(-x)));
  elementwise('Tanh', (x) => (x < 0 ? -tanh(-x) : tanh(x)));
}

/** For x ≥ 0; float32 keeps no trace of the cancellation below 1. */
function tanh(x: number): number {
  const e = exp(-2 * x);
  return (1 - e) / (1 + e);
}

function elementwise(kernelName: string, of: (x: number) => number): void {
  tf.registerKernel({
    kernelName,
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, backend }) => {
      const { x } = inputs as { x: tf.TensorInfo };
      const cpu = backend as Backend;
      const { values } = cpu.data.get(x.dataId);
      return cpu.makeTensorInfo(x.shape, 'float32', values.map(of));
    },
  });
}
