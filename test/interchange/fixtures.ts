import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { random } from '../../src/base/random.ts';
import { embeddingWidth, towersOf, towerShapes } from '../../src/engine/model/towers.ts';
import {
  EMBEDDINGS,
  NGRAMS,
  writeModel,
  type EncoderConfig,
  type ModelConfig,
  type ModelWeights,
  type NgramConfig,
} from '../../src/formats/model.ts';
import { SPECIAL_TOKENS, type TokenizerConfig } from '../../src/formats/tokens.ts';
import type { ModelFacts } from '../../src/interchange/facts.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

export const GRU: EncoderConfig = {
  cell: 'gru',
  hidden: 5,
  layers: 2,
  bidirectional: true,
  pooling: 'attention',
  skip: true,
  projection: 4,
  shared: false,
};
export const LSTM: EncoderConfig = {
  cell: 'lstm',
  hidden: 3,
  layers: 1,
  bidirectional: false,
  pooling: 'max',
  skip: false,
  projection: null,
  shared: true,
};

export const NGRAMS_OF_WORDS: NgramConfig = { min_n: 2, max_n: 4, buckets: 17 };

/** Random weights, the same for the same seed. */
export function randomModel(
  encoder: EncoderConfig,
  options: {
    readonly rows: number;
    readonly dimensions: number;
    readonly similarity?: ModelConfig['similarity'];
    readonly ngrams?: NgramConfig | undefined;
    readonly seed?: number;
  },
): { readonly config: ModelConfig; readonly weights: ModelWeights } {
  const { rows, dimensions, similarity = 'cosine', ngrams, seed = 1 } = options;
  const source = random(seed, 'onnx');
  const tensor = (shape: readonly number[]) => ({
    shape: [...shape],
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.5 * source.normal()),
  });
  const weights: ModelWeights = new Map([
    [EMBEDDINGS, tensor([rows, dimensions])],
    ...towersOf(encoder).flatMap((tower) =>
      towerShapes(encoder, dimensions).map(({ name, shape }) => [`${tower}.${name}`, tensor(shape)] as const),
    ),
    ...(ngrams ? [[NGRAMS, tensor([ngrams.buckets, dimensions])] as const] : []),
  ]);
  const config: ModelConfig = {
    format: 1,
    similarity,
    encoder,
    embeddings: { rows, dimensions, ...(ngrams && { ngrams }) },
    dimensions: embeddingWidth(encoder, dimensions),
  };
  return { config, weights };
}

export const WORDS = ['river', 'stone', 'l’été'.replace('’', "'"), 'b12', '漢', "'s", '3.14', 'straße'];

/** A model artifact. Of its vocabulary, the last word has no row. */
export function modelFolder(
  encoder: EncoderConfig,
  ngrams?: NgramConfig,
  options: {
    readonly dimensions?: number;
    readonly similarity?: ModelConfig['similarity'];
    readonly seed?: number;
  } = {},
): string {
  const folder = temporaryFolder();
  const tokens = [...SPECIAL_TOKENS, ...WORDS];
  const { config, weights } = randomModel(encoder, {
    rows: tokens.length - 1,
    dimensions: 6,
    ngrams,
    ...options,
  });
  writeModel(folder, config, weights);
  const tokenizer: TokenizerConfig = {
    format: 1,
    normalization: 'NFKC',
    lowercase: true,
    model_vocabulary: tokens.length - 1,
    max_query_length: 5,
    max_document_length: 9,
    splits: ['train'],
  };
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(tokenizer, null, 2)}\n`);
  const lines = tokens.map((token, id) => `${token}\t${id < SPECIAL_TOKENS.length ? 0 : 20 - id}\n`);
  writeFileSync(join(folder, 'vocabulary.tsv'), lines.join(''));
  return folder;
}

export const FACTS: ModelFacts = {
  name: 'rivers',
  stage: 'model',
  report: {
    split: 'test',
    measures: { 'mrr@10': 0.75, 'candidates/p@1': 0.5 },
    bm25: { 'mrr@10': 0.5 },
    queries: 1200,
  },
  unknown: { documents: 0.031, queries: 0.05 },
  isHybrid: false,
};
