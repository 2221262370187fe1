/**
 * The weights of an earlier model as the starting point of training. Its table holds each word's own vector plus the mean
 * of its n-grams' vectors; training holds the parts, so that they are taken apart again.
 */
import { canonicalJson, type Json } from '../../src/base/json.ts';
import { summed } from '../../src/engine/backends/plain-table.ts';
import type { Subwords } from '../../src/engine/model/subword-table.ts';
import {
  EMBEDDINGS,
  readModelConfig,
  readModelWeights,
  readNgrams,
  type ModelConfig,
  type ModelWeights,
} from '../../src/formats/model.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { extendsVocabulary, type Tokens } from '../../src/formats/tokens.ts';
import { input, inputList, optionalInput, PipelineError, type StageContext } from '../../src/stage.ts';
import type { TrainParams } from './parameters.ts';

export interface InitialModel {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** [buckets, dimensions] */
  readonly ngrams: Tensor<Float32Array> | undefined;
}

/** Undefined without the input `initial`. Throws `E_INPUT` if the model does not fit the stage. */
export function readInitialModel(
  context: StageContext<TrainParams>,
  tokens: Tokens,
): InitialModel | undefined {
  const initial = optionalInput(context, 'initial');
  if (!initial) return undefined;
  const config = readModelConfig(initial.path);
  const unfit = (message: string, hint: string): PipelineError =>
    new PipelineError('E_INPUT', message, { hint });
  if (inputList(context, 'vectors').length > 0)
    throw unfit('`vectors` and `initial` both give the first token embeddings', 'Leave one of them out.');
  if (!extendsVocabulary(input(context, 'tokens').path, initial.path))
    throw unfit(
      'the tokens and the initial model have different vocabularies',
      'Give the model to the tokenize stage as its input `vocabulary`.',
    );
  const { rows, ngrams } = config.embeddings;
  if (tokens.config.model_vocabulary > rows)
    throw unfit(
      `the initial model has ${rows} words, and the tokens ${tokens.config.model_vocabulary} for models`,
      'Give the model to the tokenize stage as its input `vocabulary`.',
    );
  const { encoder, embeddings } = context.params;
  const own = { ...config, encoder: only(encoder, config.encoder) };
  if (canonicalJson(own as unknown as Json) !== canonicalJson(config as unknown as Json))
    throw unfit(
      'the encoder of the initial model has another shape than `encoder`',
      `Write \`encoder\` as it is there: ${JSON.stringify(config.encoder)}.`,
    );
  const { buckets, min_n, max_n } = embeddings.subwords;
  if (ngrams && (buckets !== ngrams.buckets || min_n !== ngrams.min_n || max_n !== ngrams.max_n))
    throw unfit(
      'the initial model has other n-grams than `embeddings.subwords`',
      `Write \`embeddings.subwords\` as it is there: ${JSON.stringify(ngrams)}.`,
    );
  return { config, weights: readModelWeights(initial.path), ngrams: ngrams && readNgrams(initial.path) };
}

/** The parameters that the shape has. */
function only(given: TrainParams['encoder'], shape: ModelConfig['encoder']): ModelConfig['encoder'] {
  const names = Object.keys(shape) as (keyof typeof shape)[];
  return Object.fromEntries(names.map((name) => [name, given[name]])) as unknown as ModelConfig['encoder'];
}

/** [words, dimensions]: what each word has besides its n-grams. */
export function ownRows(
  { config, weights, ngrams }: InitialModel,
  words: number,
  subwords: Subwords | undefined,
): Tensor<Float32Array> {
  const { dimensions } = config.embeddings;
  const data = weights.get(EMBEDDINGS)!.data.slice(0, words * dimensions);
  if (ngrams && subwords) {
    const { values, offsets } = subwords.buckets;
    const sums = summed(ngrams.data, { order: values, starts: offsets.subarray(0, words + 1) }, dimensions);
    for (let word = 0; word < words; word++) {
      const count = offsets[word + 1]! - offsets[word]!;
      if (count === 0) continue;
      for (let i = word * dimensions; i < (word + 1) * dimensions; i++) data[i]! -= sums[i]! / count;
    }
  }
  return { shape: [words, dimensions], data };
}
