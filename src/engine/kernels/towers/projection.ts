/** The projection of a tower's pooled parts, x · kernel + bias, and its gradients. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import {
  matrix,
  packed,
  packedTransposed,
  productJobs,
  readMatrix,
  transposeJobs,
  writeMatrix,
  type Matrix,
  type Memory,
} from './matrix.ts';

interface Context extends Memory {
  readonly pool: ThreadPool;
  /** f32, as many as the widest row. */
  readonly zeros: number;
}

interface Projection {
  readonly out: Matrix;
  /** From the gradient of `out`: that of x, and those of kernel and bias. */
  backward(g: Matrix): { readonly ofInput: Matrix; readonly ofWeights: readonly Float32Array[] };
}

/** kernel: [x's columns, columns]; bias: [columns] */
export function project(context: Context, x: Matrix, kernel: Float32Array, bias: Float32Array): Projection {
  const { heap, pool, zeros } = context;
  const columns = bias.length;
  const weights = matrix(context, x.columns, columns);
  writeMatrix(heap, weights, kernel);
  const added = matrix(context, 1, columns);
  writeMatrix(heap, added, bias);
  const out = matrix(context, x.rows, columns);
  const right = packed(context, weights);
  pool.run(right.jobs);
  pool.run(
    productJobs(x, right.panels, out, zeros, (c, count) => [
      op.addRow({ c, ldc: out.stride, added: added.at, count, width: out.stride }),
    ]),
  );
  return {
    out,
    backward: (g) => {
      const ofInput = matrix(context, x.rows, x.columns);
      const ofKernel = matrix(context, x.columns, columns);
      const ofBias = matrix(context, 1, columns);
      const transposed = matrix(context, x.columns, x.rows);
      const [left, right] = [packedTransposed(context, weights), packed(context, g)];
      const sum = { src: g.at, lds: g.stride, dst: ofBias.at, count: g.rows, width: g.stride };
      pool.run([...left.jobs, ...right.jobs, ...transposeJobs(x, transposed), [op.sumColumnsInOrder(sum)]]);
      pool.run([
        ...productJobs(g, left.panels, ofInput, zeros),
        ...productJobs(transposed, right.panels, ofKernel, zeros),
      ]);
      return { ofInput, ofWeights: [readMatrix(heap, ofKernel), readMatrix(heap, ofBias)] };
    },
  };
}
