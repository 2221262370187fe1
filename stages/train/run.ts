/**
 * Runs a train stage: opens the inputs, trains, and writes the model with its vocabulary and history. The training
 * loop is in trainer.ts.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { createModel } from '../../src/engine/model/training-model.ts';
import { SYNTHETIC_VALIDATION } from '../../src/formats/corpus-splits.ts';
import { writeModel, type ModelWeights } from '../../src/formats/model.ts';
import { readTokens, writeTokenizerConfig, type Tokens } from '../../src/formats/tokens.ts';
import { readTriplets } from '../../src/formats/triplets.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { openDataset } from './dataset.ts';
import type { TrainParams } from './parameters.ts';
import { finishedWeights, knownTokens, startOf, type Start } from './start.ts';
import type { TrainingState } from './state.ts';
import { train, type Training, type TrainingResult } from './trainer.ts';
import { validationSet } from './validation.ts';
import { trainingWarnings, type Trained } from './warnings.ts';

type Context = StageContext<TrainParams>;

const CHECKPOINT_EVERY_MS = 30_000;

export function run(context: Context): Promise<StageResult> {
  return trainStage(context, { checkpointEveryMs: CHECKPOINT_EVERY_MS });
}

/** Like `run`, with a checkpoint interval that tests can choose. */
export async function trainStage(
  context: Context,
  { checkpointEveryMs }: Pick<Training, 'checkpointEveryMs'>,
): Promise<StageResult> {
  const { params } = context;
  const tokensFolder = input(context, 'tokens').path;
  const given = readTokens(tokensFolder);
  const start = startOf(context, given);
  const config = { ...given.config, model_vocabulary: knownTokens(params, given) };
  const tokens: Tokens = { ...given, config };
  const triplets = readTriplets(input(context, 'triplets').path);
  const dataset = openDataset(tokens, triplets, [params.validation.split, 'test']);
  if (params.loss.name === 'margin_mse' && !triplets.scores)
    throw new PipelineError(
      'E_INPUT',
      'the loss margin_mse needs teacher scores, but the triplets have none',
      {
        hint: 'Set `scorer` in the mine stage, or choose another loss.',
      },
    );
  const validation = validationSet(tokens, params.validation, params.seed);
  if (validation && params.validation.split === SYNTHETIC_VALIDATION)
    context.warn({
      message: `validation is on the synthetic queries of '${SYNTHETIC_VALIDATION}': its figures say little about real ones`,
      cause: 'A `synthesize` stage made them from the documents.',
      hint: 'Validate on judged queries as soon as there are some.',
      parameter: 'validation.split',
    });
  if (!validation)
    context.warn({
      message: `no validation: the split '${params.validation.split}' has no usable query; the last epoch is kept`,
      cause: `The corpus has the splits ${tokens.config.splits.join(', ')}.`,
      hint: 'Name a split that has judged queries and is neither trained on nor tested.',
      parameter: 'validation.split',
    });
  const backend = await openBackend(context.engine, context.threads);
  try {
    const model = createModel(start.config, backend, start.subwords);
    model.assign(start.weights);
    const result = await train({
      context,
      model,
      dataset,
      validation,
      checkpointEveryMs,
    });
    writeArtifact(context.output, tokensFolder, tokens, start, result);
    for (const warning of trainingWarnings({
      state: result.state,
      triplets: dataset.triplets.query.length,
      batchSize: params.batch_size,
      endedBy: endOf(result.state, params),
    }))
      context.warn(warning);
    return report(result.state, result.weights);
  } finally {
    backend.dispose();
  }
}

function endOf({ step, epoch }: TrainingResult['state'], params: TrainParams): Trained['endedBy'] {
  if (step === params.max_steps) return 'max_steps';
  return epoch < params.epochs ? 'patience' : 'epochs';
}

function writeArtifact(
  output: string,
  tokensFolder: string,
  tokens: Tokens,
  start: Start,
  { weights, state }: TrainingResult,
): void {
  writeModel(output, start.config, finishedWeights(start, weights));
  copyFileSync(join(tokensFolder, 'vocabulary.tsv'), join(output, 'vocabulary.tsv'));
  writeTokenizerConfig(output, tokens.config);
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
