/**
 * Runs a train stage: opens the inputs, trains, and writes the model with its vocabulary and history. The training
 * loop is in trainer.ts.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { createModel } from '../../src/engine/model/training-model.ts';
import { SYNTHETIC_VALIDATION } from '../../src/formats/corpus-splits.ts';
import { writeModel } from '../../src/formats/model.ts';
import { readTokens, writeTokenizerConfig, type Tokens } from '../../src/formats/tokens.ts';
import { readTriplets, type Triplets } from '../../src/formats/triplets.ts';
import { input, inputList, type StageContext, type StageResult } from '../../src/stage.ts';
import { openDataset } from './dataset.ts';
import { validationSize } from './budget.ts';
import { endingOf } from './ending.ts';
import type { TrainParams } from './parameters.ts';
import { phasesOf, textsBetweenValidations } from './phases.ts';
import { reportOf } from './report.ts';
import { finishedWeights, knownTokens, startOf, type Start } from './start.ts';
import { train, type Training, type TrainingResult } from './trainer.ts';
import { validationSet } from './validation.ts';
import { requireScores, teacherScaleOf } from './teacher.ts';
import { trainingWarnings } from './warnings.ts';

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
  const tokensFolder = input(context, 'tokens').path;
  const given = readTokens(tokensFolder);
  const start = startOf(context, given);
  const config = { ...given.config, model_vocabulary: knownTokens(context.params, given) };
  const tokens: Tokens = { ...given, config };
  const { sets, params } = nonEmpty(
    inputList(context, 'triplets').map(({ path }) => readTriplets(path)),
    context.params,
  );
  requireScores(params.loss, sets);
  const dataset = openDataset(tokens, sets, {
    forbidden: [params.validation.split, 'test'],
    teacherScales: sets.map((set) => teacherScaleOf(set, params.loss)),
  });
  const phases = phasesOf(
    params,
    sets.map(({ query }) => query.length),
  );
  const { max_documents } = params.validation;
  const affordable = validationSize(
    textsBetweenValidations(
      phases,
      sets.map(({ negativesPerTriplet }) => negativesPerTriplet),
    ),
  );
  const validation = validationSet(
    tokens,
    { ...params.validation, max_documents: max_documents === 'auto' ? affordable : max_documents },
    params.seed,
  );
  if (validation && params.validation.split === SYNTHETIC_VALIDATION)
    context.warn({
      message: `validation is on the synthetic queries of '${SYNTHETIC_VALIDATION}': its figures say little about real ones`,
      cause: 'A `synthesize` stage made them from the documents.',
      hint: 'Validate on judged queries as soon as there are some.',
      parameter: 'validation.split',
    });
  if (!validation)
    context.warn({
      message: `no validation: the split '${params.validation.split}' has no usable query; the last weights are kept`,
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
      phases,
      validation,
      checkpointEveryMs,
    });
    writeArtifact(context.output, tokensFolder, tokens, start, result);
    const ending = endingOf(result.state, phases, params);
    for (const warning of trainingWarnings({ state: result.state, phases, ending })) context.warn(warning);
    return reportOf(result, { phases, ending, validation });
  } finally {
    backend.dispose();
  }
}

/** Empty sets take no part, and neither do their weights. */
function nonEmpty(
  sets: readonly Triplets[],
  params: TrainParams,
): { readonly sets: readonly Triplets[]; readonly params: TrainParams } {
  const kept = sets.flatMap(({ query }, set) => (query.length > 0 ? [set] : []));
  const { weights } = params.triplet_sets;
  if (kept.length === 0 || kept.length === sets.length) return { sets, params };
  const full = kept.map((set) => sets[set]!);
  if (weights?.length !== sets.length) return { sets: full, params };
  const shares = kept.map((set) => weights[set]!);
  return { sets: full, params: { ...params, triplet_sets: { ...params.triplet_sets, weights: shares } } };
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
