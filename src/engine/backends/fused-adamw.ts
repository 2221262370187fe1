/** AdamW over dense weights by the embedded engine's kernels: to the bit what src/engine/optimizer/adamw.ts gives. */
import type { Variable } from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels/kernels.ts';
import { decays, type DenseOptimizer, type Gradients } from '../optimizer/adamw.ts';

export function fusedAdamW(kernels: Kernels, weights: ReadonlyMap<string, Variable>): DenseOptimizer {
  const names = [...weights.keys()];
  const variables = [...weights.values()];
  const adam = kernels.denseAdam(variables.map(({ size }) => size));
  let taken: Gradients | undefined;
  const zeros = (): Float32Array[] => variables.map(({ size }) => new Float32Array(size));

  const squares = (gradients: Gradients): number[] => {
    taken = gradients;
    return adam.take(
      names.map((name) => {
        const gradient = gradients.get(name);
        return gradient instanceof Float32Array
          ? gradient
          : (gradient?.dataSync() as Float32Array | undefined);
      }),
    );
  };
  return {
    squares,
    step: (gradients, options) => {
      if (taken !== gradients) squares(gradients);
      taken = undefined;
      adam.step(
        // A variable's own values: nothing else holds them.
        variables.map((weight) => ({ values: weight.dataSync() as Float32Array, decays: decays(weight) })),
        options,
      );
    },
    state: () => {
      const { m, v } = adam.readMoments();
      const named = (data: Float32Array, i: number, suffix: string) =>
        [`${names[i]!}.${suffix}`, { shape: variables[i]!.shape, data }] as const;
      return new Map([
        ...m.map((data, i) => named(data, i, 'm')),
        ...v.map((data, i) => named(data, i, 'v')),
      ]);
    },
    restore: (state) => {
      const of = (suffix: string): Float32Array[] =>
        names.map((name) => state.get(`${name}.${suffix}`)!.data);
      adam.writeMoments(of('m'), of('v'));
    },
    reset: () => {
      adam.writeMoments(zeros(), zeros());
    },
    dispose: () => {
      adam.dispose();
    },
  };
}
