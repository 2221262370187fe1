/**
 * The `model` artifact: all that is needed to encode a text, without the artifacts that it was made from.
 *   model.json         the configuration below
 *   model.safetensors  `embeddings` [rows, dimensions] and the dense weights, F32, as `<tower>.<weight>` where the
 *                      tower is `encoder`, or `query` and `document` where they do not share weights
 *   vocabulary.tsv, tokenizer.json  as in the `tokens` artifact
 *   history.jsonl      one line an epoch: its loss, learning rate and validation figures
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
  /** Whether the pooled token embeddings stand beside the pooled states, each of length 1. */
  readonly skip: boolean;
  /** Width of the embedding of a text where it is not the encoder's own. */
  readonly projection: number | null;
  /** Whether queries and documents go through the same weights. The embedding table is always shared. */
  readonly shared: boolean;
}

export interface ModelConfig {
  readonly format: 1;
  /** What compares two embeddings; those compared by cosine have length 1. */
  readonly similarity: Similarity;
  readonly encoder: EncoderConfig;
  /** The table: one row a token id. */
  readonly embeddings: { readonly rows: number; readonly dimensions: number };
  /** Width of the embedding of a text. */
  readonly dimensions: number;
}

/** By name: `embeddings`, `encoder.layer_0.forward.kernel`, … */
export type ModelWeights = ReadonlyMap<string, Tensor<Float32Array>>;

export const EMBEDDINGS = 'embeddings';

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

export function readModelWeights(folder: string): ModelWeights {
  const file = readSafetensors(join(folder, 'model.safetensors'));
  return new Map([...file.tensors.keys()].map((name) => [name, requireTensor(file, name, Float32Array)]));
}
