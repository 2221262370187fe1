/** What a model computes with: a TensorFlow.js backend, and the recurrent layers and tables that go with it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../stage.ts';
import { useEmbeddedBackend } from './backends/embedded.ts';
import { composedRecurrent } from './recurrent/composed.ts';
import type { RecurrentOp } from './recurrent/op.ts';
import { createPlainTable, type PlainTable } from './recurrent/plain-table.ts';
import type { RecurrentShape } from './recurrent/shape.ts';
import type { EmbeddingTable } from './recurrent/table.ts';

export interface Arithmetic {
  table(rows: number, dimensions: number): EmbeddingTable;
  recurrent(shape: RecurrentShape): RecurrentOp;
  dispose(): void;
}

export async function openArithmetic(engine: Engine, threads: number): Promise<Arithmetic> {
  if (engine.backend === 'tensorflow') throw new Error(`not landed yet (${threads} threads)`);
  await useEmbeddedBackend();
  return {
    table: (rows, dimensions): PlainTable => createPlainTable(rows, dimensions),
    recurrent: composedRecurrent,
    dispose: () => {
      tf.disposeVariables();
    },
  };
}
