/** What a model computes with: a TensorFlow.js backend, and the recurrent layers and tables that go with it. */
import type { Engine } from '../stage.ts';
import { useEmbeddedBackend } from './backends/embedded.ts';
import type { EmbeddingTable } from './kernels/embedding-table.ts';
import { openKernels } from './kernels/kernels.ts';
import { fusedRecurrent } from './recurrent/fused.ts';
import type { RecurrentOp } from './recurrent/op.ts';
import type { RecurrentShape } from './recurrent/shape.ts';

export interface Arithmetic {
  table(rows: number, dimensions: number): EmbeddingTable;
  /** An op for one set of weights. */
  recurrent(shape: RecurrentShape): RecurrentOp;
  dispose(): void;
}

export async function openArithmetic(engine: Engine, threads: number): Promise<Arithmetic> {
  if (engine.backend === 'tensorflow') throw new Error('not landed yet');
  const kernels = await openKernels({ threads, precision: engine.precision });
  await useEmbeddedBackend(kernels);
  return {
    table: (rows, dimensions) => kernels.table(rows, dimensions),
    recurrent: (shape) => fusedRecurrent(kernels, shape),
    dispose: () => {
      kernels.dispose();
    },
  };
}
