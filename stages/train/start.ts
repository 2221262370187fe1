/** The starting point of training: the configuration of the model, its initial weights, and its n-grams. */
import { requireMemory } from '../../src/base/memory.ts';
import { random } from '../../src/base/random.ts';
import { compositionOf, type Subwords } from '../../src/engine/model/subword-table.ts';
import { composeRows } from '../../src/engine/backends/plain-composed-rows.ts';
import { subwordBuckets } from '../../src/engine/model/subwords.ts';
import { initialWeight } from '../../src/engine/model/initial-weights.ts';
import { embeddingWidth, towersOf, towerShapes } from '../../src/engine/model/towers.ts';
import {
  EMBEDDINGS,
  NGRAMS,
  type ModelConfig,
  type ModelWeights,
  type NgramConfig,
} from '../../src/formats/model.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { readVectors, type WordVectors } from '../../src/formats/vectors.ts';
import { inputList, PipelineError, type StageContext } from '../../src/stage.ts';
import { ownRows, readInitialModel } from './initial-model.ts';
import type { TrainParams } from './parameters.ts';

type Context = StageContext<TrainParams>;

export interface Start {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly subwords: Subwords | undefined;
}

/** `tokens` are those of the tokenize stage, unchanged. */
export function startOf(context: Context, tokens: Tokens): Start {
  const { params } = context;
  const initial = readInitialModel(context, tokens);
  const subwords = subwordsOf(params, tokens);
  const words = initial
    ? ownRows(initial, tokens.config.model_vocabulary, subwords)
    : firstEmbeddings(context, tokens);
  const [, dimensions] = words.shape as [number, number];
  const rows = knownTokens(params, tokens);
  const config = configOf(params, { rows, dimensions, ...(subwords && { ngrams: ngramConfig(params) }) });
  const embeddings = subwords ? withBuckets(words, subwords, initial?.ngrams) : words;
  requireEncoderMemory(config);
  const weights = initial
    ? new Map([...initial.weights, [EMBEDDINGS, embeddings] as const])
    : firstWeights(config, embeddings, params.seed);
  return { config, weights, subwords };
}

/** Ids below this have a vector: with n-grams, every word of the vocabulary, however rare. */
export function knownTokens({ embeddings }: TrainParams, { config, vocabulary }: Tokens): number {
  return embeddings.subwords.buckets > 0 ? vocabulary.tokens.length : config.model_vocabulary;
}

function subwordsOf({ embeddings }: TrainParams, { config, vocabulary }: Tokens): Subwords | undefined {
  const { subwords } = embeddings;
  if (subwords.buckets === 0) return undefined;
  if (subwords.min_n > subwords.max_n)
    throw new PipelineError('E_INPUT', `min_n (${subwords.min_n}) must not exceed max_n (${subwords.max_n})`);
  const buckets = subwordBuckets(vocabulary.tokens, subwords);
  return { buckets, bucketCount: subwords.buckets, words: config.model_vocabulary };
}

/** In an order of its own, whatever that of the spec is. */
function ngramConfig({ embeddings }: TrainParams): NgramConfig {
  const { min_n, max_n, buckets } = embeddings.subwords;
  return { min_n, max_n, buckets };
}

/** Initial token embeddings: the word vectors, concatenated, or random ones of length about 1; zero for padding. */
function firstEmbeddings(context: Context, tokens: Tokens): Tensor<Float32Array> {
  const rows = tokens.config.model_vocabulary;
  const given = inputList(context, 'vectors').map(({ path }) => readVectors(path));
  if (given.length === 0) {
    const { dimensions } = context.params.embeddings;
    requireMemory('the token embeddings', { max_vocab: rows, dimensions });
    const source = random(context.params.seed, 'initial embeddings');
    const scale = 1 / Math.sqrt(dimensions);
    const data = Float32Array.from({ length: rows * dimensions }, () => scale * source.normal());
    return { shape: [rows, dimensions], data: data.fill(0, 0, dimensions) };
  }
  const other = given.find((vectors) => vectors.rows !== rows);
  if (other)
    throw new PipelineError('E_INPUT', `there are ${other.rows} vectors for a vocabulary of ${rows} words`, {
      hint: 'Use vectors and tokens from the same chain of stages.',
    });
  return concatColumns(given);
}

/** [rows, sum of dimensions] */
function concatColumns(given: readonly WordVectors[]): Tensor<Float32Array> {
  const rows = given[0]!.rows;
  const width = given.reduce((sum, { dimensions }) => sum + dimensions, 0);
  const data = new Float32Array(rows * width);
  let left = 0;
  for (const { dimensions, data: values } of given) {
    for (let r = 0; r < rows; r++)
      data.set(values.subarray(r * dimensions, (r + 1) * dimensions), r * width + left);
    left += dimensions;
  }
  return { shape: [rows, width], data };
}

/** N-gram embeddings start at zero, so that the model starts from the unchanged word vectors, or as those of `initial`. */
function withBuckets(
  { shape, data }: Tensor<Float32Array>,
  { bucketCount }: Subwords,
  initial: Tensor<Float32Array> | undefined,
): Tensor<Float32Array> {
  const [rows, dimensions] = shape as [number, number];
  requireMemory('the embeddings of n-grams', { 'subwords.buckets': rows + bucketCount, dimensions });
  const all = new Float32Array((rows + bucketCount) * dimensions);
  all.set(data);
  if (initial) all.set(initial.data, rows * dimensions);
  return { shape: [rows + bucketCount, dimensions], data: all };
}

function configOf({ encoder, loss }: TrainParams, embeddings: ModelConfig['embeddings']): ModelConfig {
  const { cell, hidden, layers, bidirectional, pooling, skip, projection, shared } = encoder;
  return {
    format: 1,
    similarity: loss.distance,
    encoder: { cell, hidden, layers, bidirectional, pooling, skip, projection, shared },
    embeddings,
    dimensions: embeddingWidth(encoder, embeddings.dimensions),
  };
}

/** Weights, gradients and two moments of the layers: at most `hidden` × (inputs + hidden) × 4 gates, in 2 directions. */
function requireEncoderMemory({ encoder, embeddings }: ModelConfig): void {
  const { cell, hidden, layers, bidirectional } = encoder;
  if (cell === 'none') return;
  const directions = bidirectional ? 2 : 1;
  const inputs = Math.max(embeddings.dimensions, directions * hidden) + hidden;
  requireMemory(
    'the recurrent layers',
    { 'encoder.hidden': hidden, 'encoder.layers': layers, 'its inputs': inputs },
    { bytesEach: 4 * 4 * Float32Array.BYTES_PER_ELEMENT * directions },
  );
}

function firstWeights(config: ModelConfig, embeddings: Tensor<Float32Array>, seed: number): ModelWeights {
  const weights = new Map([[EMBEDDINGS, embeddings]]);
  for (const tower of towersOf(config.encoder))
    for (const weight of towerShapes(config.encoder, config.embeddings.dimensions))
      weights.set(`${tower}.${weight.name}`, {
        shape: weight.shape,
        data: initialWeight(weight, config.encoder.cell, seed),
      });
  return weights;
}

/** The weights of a finished model: one row for each known token, with its n-grams added, and those of the n-grams. */
export function finishedWeights({ config, subwords }: Start, weights: ModelWeights): ModelWeights {
  if (!subwords) return weights;
  const { rows, dimensions } = config.embeddings;
  const ids = Uint32Array.from({ length: rows }, (_, id) => id);
  const parameters = weights.get(EMBEDDINGS)!.data;
  const data = composeRows(ids, parameters, dimensions, compositionOf(subwords));
  const ngrams = parameters.subarray(subwords.words * dimensions);
  return new Map([
    ...weights,
    [EMBEDDINGS, { shape: [rows, dimensions], data }],
    [NGRAMS, { shape: [subwords.bucketCount, dimensions], data: ngrams }],
  ]);
}
