/** The two-tower model while it trains: its weights as TensorFlow.js variables, and how it encodes. */
import * as tf from '@tensorflow/tfjs-core';
import type { Ragged } from '../../formats/ragged.ts';
import { EMBEDDINGS, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import type { Tensor } from '../../formats/safetensors.ts';
import type { DenseOptimizer } from '../optimizer/adamw.ts';
import type { Backend } from '../backends/open-backend.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';
import type { Pass } from '../backends/recurrent-op.ts';
import {
  compositionOf,
  subwordTable,
  wordTable,
  type ModelTable,
  type Subwords,
  type TableParameters,
} from './subword-table.ts';
import { normalise } from './similarity.ts';
import { pooledParts, splitWeights, towerFor, towersOf, towerShapes, type Side } from './towers.ts';

export interface Model {
  readonly config: ModelConfig;
  readonly table: TableParameters;
  /** By their names in a model file, in a fixed order. */
  readonly dense: ReadonlyMap<string, tf.Variable>;
  /** texts → [texts, dimensions]; of length 1 where cosine compares. */
  encode(side: Side, texts: Ragged, pass: Pass): tf.Tensor2D;
  /** Without dropout or gradients, as numbers: [texts, dimensions]. */
  infer(side: Side, texts: Ragged): Float32Array;
  /** Of the dense weights. */
  optimizer(): DenseOptimizer;
  /** Copies of all weights. */
  weights(): ModelWeights;
  assign(weights: ModelWeights): void;
  dispose(): void;
}

/** No dropout, no gradients. */
const INFERENCE: Pass = {
  training: false,
  dropout: { input: 0, output: 0 },
  seed: 0,
  tableTrainable: false,
};

/** `subwords`: where embeddings are made of more than a row for each token; `weights` are then these parts. */
export function createModel(config: ModelConfig, backend: Backend, subwords?: Subwords): Model {
  const { encoder, embeddings } = config;
  const rows = backend.table(embeddings.rows, embeddings.dimensions);
  const embedding = subwords ? withSubwords(rows, backend, subwords) : wordTable(rows);
  const table = embedding.parameters;
  const ops = new Map(
    towersOf(encoder).map((tower) => [
      tower,
      pooledParts(encoder, embeddings.dimensions).map((part) => backend.recurrent(part)),
    ]),
  );
  const shapes = towerShapes(encoder, embeddings.dimensions);
  const dense = new Map<string, tf.Variable>();
  for (const tower of towersOf(encoder))
    for (const { name, shape } of shapes) dense.set(`${tower}.${name}`, tf.variable(tf.zeros([...shape])));

  const encode = (side: Side, texts: Ragged, pass: Pass): tf.Tensor2D => {
    const tower = towerFor(encoder, side);
    const own = shapes.map(({ name }) => dense.get(`${tower}.${name}`)!);
    const { parts, projection } = splitWeights(encoder, embeddings.dimensions, own);
    const rows = embedding.forTexts(texts);
    const states = ops.get(tower)!.map((op, index) => op(texts, rows, parts[index]!, pass));
    const pooled = states.length === 1 ? states[0]! : tf.concat2d(states.map(normalise), 1);
    const [kernel, bias] = projection;
    const result =
      kernel && bias ? tf.add(tf.matMul(pooled, kernel as unknown as tf.Tensor2D), bias) : pooled;
    return config.similarity === 'cosine' ? normalise(result as tf.Tensor2D) : (result as tf.Tensor2D);
  };
  return {
    config,
    table,
    dense,
    encode,
    infer: (side, texts) => tf.tidy(() => encode(side, texts, INFERENCE).dataSync() as Float32Array),
    optimizer: () => backend.optimizer(dense),
    weights: () => new Map([[EMBEDDINGS, tableTensor(table)], ...denseTensors(dense)]),
    assign: (weights) => {
      table.write(weights.get(EMBEDDINGS)!.data);
      assignDense(dense, weights);
    },
    dispose: () => {
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
