/** The two-tower model while it trains: its weights as TensorFlow.js variables, its table, and its towers. */
import * as tf from '@tensorflow/tfjs-core';
import type { Ragged } from '../../formats/ragged.ts';
import { EMBEDDINGS, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import type { Tensor } from '../../formats/safetensors.ts';
import type { DenseOptimizer } from '../optimizer/adamw.ts';
import type { Backend } from '../backends/open-backend.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';
import type { LossGradients, TrainingBatch } from '../backends/two-towers.ts';
import type { LossParams } from '../losses/registry.ts';
import {
  compositionOf,
  subwordTable,
  wordTable,
  type ModelTable,
  type Subwords,
  type TableParameters,
} from './subword-table.ts';
import { towersOf, towerShapes, type Side } from './towers.ts';

export interface Model {
  readonly config: ModelConfig;
  readonly table: TableParameters;
  /** By their names in a model file, in a fixed order. */
  readonly dense: ReadonlyMap<string, tf.Variable>;
  /** Without dropout or gradients: [texts, dimensions]; of length 1 where cosine compares. */
  infer(side: Side, texts: Ragged): Float32Array;
  /** The mean loss of a batch, and the gradients of the dense weights; those of the table are gathered there. */
  gradients(batch: TrainingBatch, loss: LossParams): LossGradients;
  /** Of the dense weights. */
  optimizer(): DenseOptimizer;
  /** Copies of all weights. */
  weights(): ModelWeights;
  assign(weights: ModelWeights): void;
  dispose(): void;
}

/** `subwords`: where embeddings are made of more than a row for each token; `weights` are then these parts. */
export function createModel(config: ModelConfig, backend: Backend, subwords?: Subwords): Model {
  const { encoder, embeddings } = config;
  const rows = backend.table(embeddings.rows, embeddings.dimensions);
  const embedding = subwords ? withSubwords(rows, backend, subwords) : wordTable(rows);
  const table = embedding.parameters;
  const shapes = towerShapes(encoder, embeddings.dimensions);
  const dense = new Map<string, tf.Variable>();
  for (const tower of towersOf(encoder))
    for (const { name, shape } of shapes) dense.set(`${tower}.${name}`, tf.variable(tf.zeros([...shape])));

  const towers = backend.towers({ config, table: embedding, dense });
  return {
    config,
    table,
    dense,
    infer: (side, texts) => towers.infer(side, texts),
    gradients: (batch, loss) => towers.gradients(batch, loss),
    optimizer: () => backend.optimizer(dense),
    weights: () => new Map([[EMBEDDINGS, tableTensor(table)], ...denseTensors(dense)]),
    assign: (weights) => {
      table.write(weights.get(EMBEDDINGS)!.data);
      assignDense(dense, weights);
    },
    dispose: () => {
      towers.dispose();
      table.dispose();
      for (const variable of dense.values()) variable.dispose();
    },
  };
}

function withSubwords(rows: EmbeddingTable, backend: Backend, subwords: Subwords): ModelTable {
  const parameters = backend.table(subwords.words + subwords.bucketCount, rows.dimensions);
  return subwordTable(rows, parameters, backend.composedRows(rows, parameters, compositionOf(subwords)));
}

function tableTensor(table: TableParameters): Tensor<Float32Array> {
  return { shape: [table.rows, table.dimensions], data: table.read() };
}

function denseTensors(dense: ReadonlyMap<string, tf.Variable>): [string, Tensor<Float32Array>][] {
  return [...dense].map(([name, variable]) => [
    name,
    { shape: variable.shape, data: Float32Array.from(variable.dataSync()) },
  ]);
}

function assignDense(dense: ReadonlyMap<string, tf.Variable>, weights: ModelWeights): void {
  for (const [name, variable] of dense) {
    const given = weights.get(name);
    if (!given) throw new Error(`no weight ${name}`);
    const fresh = tf.tensor(given.data.slice(), variable.shape);
    variable.assign(fresh);
    fresh.dispose();
  }
}
