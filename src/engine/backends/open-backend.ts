/** What a model computes with: a TensorFlow.js backend, and the recurrent layers and tables that go with it. */
import type { Engine } from '../../stage.ts';
import type { Variable } from '@tensorflow/tfjs-core';
import type { DenseOptimizer } from '../optimizer/adamw.ts';
import type { ComposedRows, Composition } from '../kernels/embedding/composed-rows.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';
import type { PlainTable } from './plain-table.ts';
import type { RecurrentOp } from './recurrent-op.ts';
import type { RecurrentShape } from '../kernels/recurrent/shape.ts';

export interface Backend {
  table(rows: number, dimensions: number): EmbeddingTable;
  /** Makes rows of `table` of those of `parameters`; both are tables of this backend. */
  composedRows(table: EmbeddingTable, parameters: EmbeddingTable, composition: Composition): ComposedRows;
  /** An op for one set of weights. */
  recurrent(shape: RecurrentShape): RecurrentOp;
  /** AdamW over these weights. */
  optimizer(weights: ReadonlyMap<string, Variable>): DenseOptimizer;
  dispose(): void;
}

export function openBackend(engine: Engine, threads: number): Promise<Backend> {
  return engine.backend === 'wasm' ? embedded(engine, threads) : native(threads);
}

async function embedded({ precision }: Engine, threads: number): Promise<Backend> {
  const [{ openKernels }, { useEmbeddedBackend }, { fusedRecurrent }, { fusedAdamW }] = await Promise.all([
    import('../kernels/kernels.ts'),
    import('./embedded.ts'),
    import('./fused-recurrent.ts'),
    import('./fused-adamw.ts'),
  ]);
  const kernels = await openKernels({ threads, precision });
  await useEmbeddedBackend(kernels);
  return {
    table: (rows, dimensions) => kernels.table(rows, dimensions),
    composedRows: (table, parameters, composition) => kernels.composedRows(table, parameters, composition),
    recurrent: (shape) => fusedRecurrent(kernels, shape),
    optimizer: (weights) => fusedAdamW(kernels, weights),
    dispose: () => {
      kernels.dispose();
    },
  };
}

async function native(threads: number): Promise<Backend> {
  const [
    { useNativeBackend },
    { composedRecurrent },
    { createPlainTable },
    { plainComposedRows },
    { adamW },
  ] = await Promise.all([
    import('./native.ts'),
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
    recurrent: composedRecurrent,
    optimizer: adamW,
    dispose: () => undefined,
  };
}
