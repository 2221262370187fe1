/**
 * The `model` artifact: all that is needed to encode a text, without the artifacts that it was made from.
 *
 * - `model.json`: the similarity, the encoder's shape, and the sizes of the table and of an embedding.
 * - `model.safetensors`: all F32, row-major.
 *   - `embeddings` [rows, dimensions]: the table of token embeddings; row = token id.
 *   - `ngrams` [buckets, dimensions], where the model was trained with subwords: the vectors of hashed character
 *     n-grams. The vector of a word without a row is row 1 (unknown) plus the mean of its n-grams' vectors; the rows of
 *     the table contain theirs already. `embeddings.ngrams` of model.json has their lengths.
 *   - `<tower>.<weight>`: the tower is `encoder`, or `query` and `document` where they do not share weights. D is the
 *     width of the layer's input, H the hidden size, G the number of gates (GRU 3: z, r, n; LSTM 4: i, f, g, o),
 *     stored next to each other along the last axis.
 *     - `layer0.forward.kernel` [D, G·H], `.recurrent` [H, G·H], `.bias` [G·H], and for a GRU `.recurrentBias`
 *       [G·H]; with `bidirectional` the same of `layer0.backward`; then `layer1` and so on.
 *     - `attention` [W], where pooling is `attention` and W is the width of what is pooled; `skip.attention` [D] of the
 *       token embeddings that are pooled too with `skip`.
 *     - `projection.kernel` [W, P] and `projection.bias` [P], where there is a projection to P values.
 * - `vocabulary.tsv`, `tokenizer.json`: as in the `tokens` artifact.
 * - `history.jsonl`, except of an imported model: one JSON object for each validation: `epoch` and `step` so far, mean
 *   `loss` since the one before, `learning_rate` at the last step, mean `gradient_norm`, and `validation` figures or null.
 *   Where there are several sets of triplets, `losses` has the mean loss of each; where they are trained on in sequence,
 *   `phase` counts them from 1 and `epoch` is that of the phase.
 *
 * The weights are those with the best validation MRR@10, or the last ones where none were validated.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import type { RecurrentCell } from './cells.ts';
import type { Similarity } from './embeddings.ts';
import { readSafetensors, requireTensor, writeSafetensors, type Tensor } from './safetensors.ts';

export interface EncoderConfig {
  /** `none` pools the token embeddings themselves. */
  readonly cell: RecurrentCell | 'none';
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly pooling: 'last' | 'mean' | 'max' | 'attention';
  /** Whether the pooled token embeddings are concatenated with the pooled states, each normalised to length 1. */
  readonly skip: boolean;
  /** Width of a text's embedding if it is projected; null if it has the encoder's own width. */
  readonly projection: number | null;
  /** Whether queries and documents are encoded with the same weights. The embedding table is always shared. */
  readonly shared: boolean;
}

/** How words are cut into n-grams, and into how many buckets these are hashed. */
export interface NgramConfig {
  readonly min_n: number;
  readonly max_n: number;
  readonly buckets: number;
}

export interface ModelConfig {
  readonly format: 1;
  /** How two embeddings are compared; with cosine, they have length 1. */
  readonly similarity: Similarity;
  readonly encoder: EncoderConfig;
  /** The embedding table: one row per token id. */
  readonly embeddings: {
    readonly rows: number;
    readonly dimensions: number;
    /** Absent where words without a row are all alike. */
    readonly ngrams?: NgramConfig;
  };
  /** Width of a text's embedding. */
  readonly dimensions: number;
}

/** By name: `embeddings`, `encoder.layer0.forward.kernel`, … */
export type ModelWeights = ReadonlyMap<string, Tensor<Float32Array>>;

export const EMBEDDINGS = 'embeddings';
export const NGRAMS = 'ngrams';

export function writeModel(folder: string, config: ModelConfig, weights: ModelWeights): void {
  writeFileSync(join(folder, 'model.json'), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
  writeSafetensors(join(folder, 'model.safetensors'), Object.fromEntries(weights));
}

export function readModelConfig(folder: string): ModelConfig {
  const config = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelConfig;
  const format: number = config.format;
  if (format !== 1) throw new PipelineError('E_FORMAT', `${folder} holds a model of format ${format}, not 1`);
  return config;
}

/** All weights but those of the n-grams, which are large and needed for new words alone. */
export function readModelWeights(folder: string): ModelWeights {
  const file = readSafetensors(join(folder, 'model.safetensors'));
  const names = [...file.tensors.keys()].filter((name) => name !== NGRAMS);
  return new Map(names.map((name) => [name, requireTensor(file, name, Float32Array)]));
}

/** [buckets, dimensions] */
export function readNgrams(folder: string): Tensor<Float32Array> {
  return requireTensor(readSafetensors(join(folder, 'model.safetensors')), NGRAMS, Float32Array);
}
