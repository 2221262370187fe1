/**
 * Skip-gram with negative sampling (Mikolov et al. 2013). Texts are shuffled each epoch; words outside the model
 * vocabulary are left out and frequent words are subsampled. Each word is then predicted from the words of its window,
 * against negative samples that the window shares (Ji et al. 2016). Updates are made batch by batch in an order that
 * does not depend on the number of threads, so the same seed gives the same bytes.
 */
import { requireMemory } from '../../src/base/memory.ts';
import { random, shuffle, type Random } from '../../src/base/random.ts';
import { SPECIAL_TOKENS, type Tokens } from '../../src/formats/tokens.ts';
import type { WordVectors } from '../../src/formats/vectors.ts';
import { PipelineError, type StageContext } from '../../src/stage.ts';
import type { TrainParams } from './parameters.ts';
import { fillUnknown } from './made-up.ts';
import { keepBelow, negativeWeights, weightedSampler } from './sampling.ts';
import { createSkipGram, type SkipGram } from './skip-gram.ts';
import { trainingTexts, type Texts } from './texts.ts';

export interface Trained {
  readonly vectors: WordVectors;
  /** By epoch: mean loss per pair. */
  readonly losses: readonly number[];
  /** Words read, over all epochs. */
  readonly words: number;
}

type Context = Pick<StageContext, 'signal' | 'progress' | 'threads'>;

export async function trainVectors(context: Context, tokens: Tokens, params: TrainParams): Promise<Trained> {
  const texts = trainingTexts(tokens, params.splits);
  if (texts.words === 0)
    throw new PipelineError('E_INPUT', 'there are no words to train on', {
      hint: 'Lower `min_count` in the tokenize stage, or write `source: random`.',
    });
  const rows = texts.counts.length;
  const { dimensions, negatives, window } = params;
  // Two tables: of words and of contexts.
  requireMemory('the word vectors', { max_vocab: rows, dimensions }, { bytesEach: 8 });
  const batch = batchSize(texts, params);
  const { threads } = context;
  const model = await createSkipGram({ rows, dimensions, negatives, window: 2 * window, batch, threads });
  try {
    initialise(model, rows, params);
    const trainer = textTrainer(model, texts, params, batch);
    const order = Uint32Array.from({ length: texts.count }, (_, index) => index);
    const losses: number[] = [];
    for (let epoch = 1; epoch <= params.epochs; epoch++) {
      shuffle(order, random(params.seed, `word2vec order ${epoch}`));
      losses.push(await runEpoch(context, trainer, texts, order, { epoch, epochs: params.epochs, losses }));
      if (!Number.isFinite(losses.at(-1)))
        throw new PipelineError('E_STAGE', `the loss is not finite in epoch ${epoch}`, {
          hint: 'Lower `learning_rate`.',
        });
    }
    const vectors = vectorsOf(model, rows, dimensions, trainer.trained);
    fillUnknown(vectors, params.seed);
    return { vectors, losses, words: texts.words * params.epochs };
  } finally {
    model.dispose();
  }
}

/** More groups per batch than this do not make dispatching cheaper. */
const MOST_GROUPS = 256;
/** Maximum average number of updates of the most frequent word in a batch, all from the same vectors. */
const MOST_REPEATS = 16;

/**
 * Groups per batch. In a small vocabulary every word is frequent, and many updates from the same vectors would add up
 * to too large a step.
 */
export function batchSize(texts: Pick<Texts, 'counts'>, { subsample, window }: TrainParams): number {
  const below = keepBelow(texts.counts, subsample);
  const kept = Float64Array.from(texts.counts, (count, id) => (count * below[id]!) / 2 ** 32);
  const total = kept.reduce((sum, count) => sum + count, 0);
  const largest = kept.reduce((most, count) => Math.max(most, count), 0);
  return Math.max(1, Math.min(MOST_GROUPS, Math.floor((MOST_REPEATS * total) / (largest * (window + 1)))));
}

/** Word vectors uniform in ±0.5/D, context vectors zero, as in word2vec.c. */
function initialise(model: SkipGram, rows: number, { dimensions, seed }: TrainParams): void {
  const source = random(seed, 'word2vec initial');
  for (let id = SPECIAL_TOKENS.length; id < rows; id++) {
    const start = id * model.width;
    for (let i = start; i < start + dimensions; i++) model.words[i] = (source.uniform() - 0.5) / dimensions;
  }
}

interface TextTrainer {
  /** Adds the words of a text to the batch, and trains whenever it is full. */
  text(ids: Uint32Array): void;
  /** Trains on the last, partial batch; returns the mean loss since the last call. */
  finish(): number;
  /** Known words read so far, including those that subsampling dropped. */
  words(): number;
  /** Mean loss per pair so far. */
  loss(): number;
  /** [rows]: 1 for words that have been trained. */
  readonly trained: Uint8Array;
}

function textTrainer(model: SkipGram, texts: Texts, params: TrainParams, batch: number): TextTrainer {
  const source = random(params.seed, 'word2vec windows');
  const negative = weightedSampler(negativeWeights(texts.counts), random(params.seed, 'word2vec negatives'));
  const thin = thinner(texts, params, random(params.seed, 'word2vec subsample'));
  const allWords = texts.words * params.epochs;
  const trained = new Uint8Array(texts.counts.length);
  let [words, pairs, loss] = [0, 0, 0];

  const flush = (): void => {
    loss += model.train(params.learning_rate * Math.max(1e-4, 1 - words / allWords));
  };
  /** Pairs each word with the others in its window, whose size is drawn from 1 to `window`. */
  const text = (ids: Uint32Array): void => {
    const kept = thin(ids);
    words += kept.known;
    const last = kept.ids.length - 1;
    for (let i = 0; i <= last; i++) {
      const reach = 1 + source.integer(params.window);
      const [from, to] = [Math.max(0, i - reach), Math.min(last, i + reach)];
      if (from === to) continue;
      trained[kept.ids[i]!] = 1;
      pairs += to - from;
      model.add(kept.ids, from, to, i, negative);
      if (model.queued() === batch) flush();
    }
  };
  const mean = (): number => (pairs === 0 ? 0 : loss / pairs);
  const finish = (): number => {
    flush();
    const result = mean();
    [loss, pairs] = [0, 0];
    return result;
  };
  return { text, finish, words: () => words, loss: mean, trained };
}

/** Leaves out unknown words and subsamples frequent ones; the result is valid until the next call. */
function thinner(
  texts: Texts,
  params: TrainParams,
  source: Random,
): (ids: Uint32Array) => { ids: Uint32Array; known: number } {
  const below = keepBelow(texts.counts, params.subsample);
  const buffer = new Uint32Array(texts.longest);
  return (ids) => {
    let [length, known] = [0, 0];
    for (const id of ids) {
      if (id < SPECIAL_TOKENS.length || id >= below.length) continue;
      known++;
      if (below[id]! === 2 ** 32 || source.uint32() < below[id]!) buffer[length++] = id;
    }
    return { ids: buffer.subarray(0, length), known };
  };
}

interface EpochPlace {
  readonly epoch: number;
  readonly epochs: number;
  readonly losses: readonly number[];
}

/** Words between two checks of the signal: about 30 ms of work. */
const WORDS_AT_ONCE = 1 << 14;

async function runEpoch(
  context: Context,
  trainer: TextTrainer,
  texts: Texts,
  order: Uint32Array,
  place: EpochPlace,
): Promise<number> {
  let pause = 0;
  for (const index of order) {
    trainer.text(texts.text(index));
    if (trainer.words() < pause) continue;
    pause = trainer.words() + WORDS_AT_ONCE;
    await new Promise(setImmediate);
    context.signal.throwIfAborted();
    context.progress({
      done: trainer.words(),
      total: texts.words * place.epochs,
      unit: 'words',
      note: `epoch ${place.epoch}/${place.epochs} · loss ${trainer.loss().toFixed(3)}`,
    });
  }
  return trainer.finish();
}

function vectorsOf(model: SkipGram, rows: number, dimensions: number, known: Uint8Array): WordVectors {
  const data = new Float32Array(rows * dimensions);
  for (let id = SPECIAL_TOKENS.length; id < rows; id++) {
    const start = id * model.width;
    data.set(model.words.subarray(start, start + dimensions), id * dimensions);
  }
  return { rows, dimensions, data, known };
}
