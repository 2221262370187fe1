/**
 * The `model` artifact: all that is needed to encode a text, without the artifacts that it was trained from.
 *   model.json         the configuration below
 *   model.safetensors  `embeddings` [rows, dimensions] and the dense weights, F32, as `<tower>.<weight>`; the tower
 *                      is `encoder`, or `query` and `document` if they do not share weights
 *   vocabulary.tsv, tokenizer.json  as in the `tokens` artifact
 *   history.jsonl      one line per epoch: loss, learning rate and validation metrics
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import type { Similarity } from './embeddings.ts';
import { readSafetensors, requireTensor, writeSafetensors, type Tensor } from './safetensors.ts';

export interface EncoderConfig {
  readonly cell: 'gru' | 'lstm' | 'none';
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

export interface ModelConfig {
  readonly format: 1;
  /** How two embeddings are compared; with cosine, they have length 1. */
  readonly similarity: Similarity;
  readonly encoder: EncoderConfig;
  /** The embedding table: one row per token id. */
  readonly embeddings: { readonly rows: number; readonly dimensions: number };
  /** Width of a text's embedding. */
  readonly dimensions: number;
}

/** By name: `embeddings`, `encoder.layer0.forward.kernel`, … */
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
