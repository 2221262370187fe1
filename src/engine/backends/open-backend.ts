/** What a model computes with: a TensorFlow.js backend, and the towers and tables that go with it. */
import type { Engine } from '../../stage.ts';
import type { Variable } from '@tensorflow/tfjs-core';
import type { DenseOptimizer } from '../optimizer/adamw.ts';
import type { ComposedRows, Composition } from '../kernels/embedding/composed-rows.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';
import type { PlainTable } from './plain-table.ts';
import type { TowerParts, TwoTowers } from './two-towers.ts';

export interface Backend {
  table(rows: number, dimensions: number): EmbeddingTable;
  /** Makes rows of `table` of those of `parameters`; both are tables of this backend. */
  composedRows(table: EmbeddingTable, parameters: EmbeddingTable, composition: Composition): ComposedRows;
  towers(parts: TowerParts): TwoTowers;
  /** AdamW over these weights. */
  optimizer(weights: ReadonlyMap<string, Variable>): DenseOptimizer;
  dispose(): void;
}

export function openBackend(engine: Engine, threads: number): Promise<Backend> {
  return engine.backend === 'wasm' ? embedded(engine, threads) : native(threads);
}

async function embedded({ precision }: Engine, threads: number): Promise<Backend> {
  const [{ openKernels }, { useEmbeddedBackend }, { fusedTowers }, { fusedAdamW }] = await Promise.all([
    import('../kernels/kernels.ts'),
    import('./embedded.ts'),
    import('./fused-towers.ts'),
    import('./fused-adamw.ts'),
  ]);
  const kernels = await openKernels({ threads, precision });
  await useEmbeddedBackend(kernels);
  return {
    table: (rows, dimensions) => kernels.table(rows, dimensions),
    composedRows: (table, parameters, composition) => kernels.composedRows(table, parameters, composition),
    towers: (parts) => fusedTowers(parts, kernels),
    optimizer: (weights) => fusedAdamW(kernels, weights),
    dispose: () => {
      kernels.dispose();
    },
  };
}

async function native(threads: number): Promise<Backend> {
  const [
    { useNativeBackend },
    { autogradTowers },
    { composedRecurrent },
    { createPlainTable },
    { plainComposedRows },
    { adamW },
  ] = await Promise.all([
    import('./native.ts'),
    import('./autograd-towers.ts'),
    import('./composed-recurrent.ts'),
    import('./plain-table.ts'),
    import('./plain-composed-rows.ts'),
    import('../optimizer/adamw.ts'),
  ]);
  await useNativeBackend(threads);
  return {
    table: createPlainTable,
    composedRows: (table, parameters, composition) =>
      plainComposedRows(table as PlainTable, parameters as PlainTable, composition),
    towers: (parts) => autogradTowers(parts, composedRecurrent),
    optimizer: adamW,
    dispose: () => undefined,
  };
}
