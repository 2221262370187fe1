import {
  readModelConfig,
  readModelWeights,
  readNgrams,
  type ModelConfig,
  type ModelWeights,
} from '../formats/model.ts';
import type { Tensor } from '../formats/safetensors.ts';
import { readTokenizerConfig, type TokenizerConfig } from '../formats/tokens.ts';

/** A trained model as its artifact holds it. */
export interface TrainedModel {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** [buckets, dimensions] */
  readonly ngrams: Tensor<Float32Array> | undefined;
  readonly tokenizer: TokenizerConfig;
}

export function readTrainedModel(folder: string): TrainedModel {
  const config = readModelConfig(folder);
  return {
    folder,
    config,
    weights: readModelWeights(folder),
    ngrams: config.embeddings.ngrams && readNgrams(folder),
    tokenizer: readTokenizerConfig(folder),
  };
}
