import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../src/base/random.ts';
import { openArithmetic } from '../../src/engine/arithmetic.ts';
import { createModel } from '../../src/engine/model.ts';
import { embeddingWidth, initialWeight, towersOf, towerShapes } from '../../src/engine/tower.ts';
import { EMBEDDINGS, writeModel, type ModelConfig, type ModelWeights } from '../../src/formats/model.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { readTriplets } from '../../src/formats/triplets.ts';
import { readVectors } from '../../src/formats/vectors.ts';
import { input, optionalInput, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { openDataset } from './dataset.ts';
import type { TrainParams } from './kind.ts';
import type { TrainingState } from './state.ts';
import { train, type TrainingResult } from './trainer.ts';
import { validationSet } from './validation.ts';

type Context = StageContext<TrainParams>;

let checkpointEveryMs = 30_000;

/** For tests: runs something with checkpoints at another pace. */
export async function checkpointing<T>(everyMs: number, run: () => Promise<T>): Promise<T> {
  const kept = checkpointEveryMs;
  checkpointEveryMs = everyMs;
  try {
    return await run();
  } finally {
    checkpointEveryMs = kept;
  }
}

export async function run(context: Context): Promise<StageResult> {
  const { params } = context;
  const tokensFolder = input(context, 'tokens').path;
  const tokens = readTokens(tokensFolder);
  const triplets = readTriplets(input(context, 'triplets').path);
  const dataset = openDataset(tokens, triplets, [params.validation.split, 'test']);
  if (params.loss.name === 'margin_mse' && !triplets.scores)
    throw new PipelineError(
      'E_INPUT',
      'the loss margin_mse compares with scores, and the triplets carry none',
      {
        hint: 'Let the mine stage give them (its parameter `scorer`), or choose another loss.',
      },
    );
  const validation = validationSet(tokens, params.validation, params.seed);
  if (!validation)
    context.warn(
      `no validation: the split '${params.validation.split}' has no query to measure; the last epoch is kept`,
    );
  const embeddings = firstEmbeddings(context, tokens);
  const config = configOf(params, embeddings);
  const arithmetic = await openArithmetic(context.engine, context.threads);
  try {
    const model = createModel(config, arithmetic);
    model.assign(firstWeights(config, embeddings, params.seed));
    const result = await train({
      context,
      model,
      dataset,
      validation,
      checkpointEveryMs,
    });
    writeArtifact(context.output, tokensFolder, config, result);
    return report(result.state, result.weights);
  } finally {
    arithmetic.dispose();
  }
}

/** Word vectors, or random ones of about length 1; those of padding are zero. [model_vocabulary, dimensions] */
function firstEmbeddings(context: Context, tokens: Tokens): Tensor<Float32Array> {
  const rows = tokens.config.model_vocabulary;
  const given = optionalInput(context, 'vectors');
  if (!given) {
    const { dimensions } = context.params.embeddings;
    const source = random(context.params.seed, 'initial embeddings');
    const scale = 1 / Math.sqrt(dimensions);
    const data = Float32Array.from({ length: rows * dimensions }, () => scale * source.normal());
    return { shape: [rows, dimensions], data: data.fill(0, 0, dimensions) };
  }
  const vectors = readVectors(given.path);
  if (vectors.rows !== rows)
    throw new PipelineError('E_INPUT', `there are ${vectors.rows} vectors for ${rows} words`, {
      hint: 'vectors and tokens must come from the same chain of stages.',
    });
  return { shape: [rows, vectors.dimensions], data: vectors.data };
}

function configOf({ encoder, loss }: TrainParams, { shape }: Tensor): ModelConfig {
  const [rows, dimensions] = shape as [number, number];
  const { cell, hidden, layers, bidirectional, pooling, skip, projection, shared } = encoder;
  return {
    format: 1,
    similarity: loss.distance,
    encoder: { cell, hidden, layers, bidirectional, pooling, skip, projection, shared },
    embeddings: { rows, dimensions },
    dimensions: embeddingWidth(encoder, dimensions),
  };
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

function writeArtifact(
  output: string,
  tokensFolder: string,
  config: ModelConfig,
  { weights, state }: TrainingResult,
): void {
  writeModel(output, config, weights);
  for (const name of ['vocabulary.tsv', 'tokenizer.json'])
    copyFileSync(join(tokensFolder, name), join(output, name));
  const lines = state.history.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(output, 'history.jsonl'), lines.join(''), { flag: 'wx' });
}

function report({ history, best, step }: TrainingState, weights: ModelWeights): StageResult {
  const kept = history.find(({ epoch }) => epoch === best?.epoch) ?? history.at(-1)!;
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const figures = kept.validation;
  return {
    metrics: {
      ...(figures
        ? { 'validation/mrr@10': figures['mrr@10'], 'validation/recall@100': figures['recall@100'] }
        : {}),
      best_epoch: kept.epoch,
      epochs: history.at(-1)!.epoch,
      steps: step,
      loss: kept.loss,
      parameters,
    },
    headline: figures
      ? `validation MRR@10 ${figures['mrr@10'].toFixed(3)} · epoch ${kept.epoch}`
      : `loss ${kept.loss.toFixed(4)} · epoch ${kept.epoch}`,
  };
}
