/** Runs an ensemble stage: checks that the models fit together, and writes the joined one. Their join is in join.ts. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  NGRAMS,
  readModelConfig,
  readModelWeights,
  readNgrams,
  writeModel,
  type ModelConfig,
} from '../../src/formats/model.ts';
import { readTokenizerConfig } from '../../src/formats/tokens.ts';
import { inputList, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { joinModels, type Member } from './join.ts';
import type { EnsembleParams } from './parameters.ts';

const TOKENIZER_FILES = ['vocabulary.tsv', 'tokenizer.json'] as const;

export function run(context: StageContext<EnsembleParams>): Promise<StageResult> {
  const folders = inputList(context, 'models').map(({ path }) => path);
  if (folders.length < 2)
    throw new PipelineError('E_INPUT', 'an ensemble needs two models or more', {
      hint: 'Write `models: [NAME, NAME]`, or name a stage with a `matrix` over its seed.',
    });
  checkWords(folders);
  const members = folders.map(readMember);
  checkConfigs(members.map(({ config }) => config));
  const { config, weights } = joinModels(members);
  writeModel(context.output, config, weights);
  for (const name of TOKENIZER_FILES) copyFileSync(join(folders[0]!, name), join(context.output, name));
  return Promise.resolve({
    metrics: { models: members.length, dimensions: config.dimensions },
    headline: `${members.length} models · ${config.dimensions} dimensions`,
  });
}

function readMember(folder: string): Member {
  const config = readModelConfig(folder);
  const weights = readModelWeights(folder);
  return {
    config,
    weights: config.embeddings.ngrams ? new Map([...weights, [NGRAMS, readNgrams(folder)]]) : weights,
  };
}

function checkWords([first, ...others]: readonly string[]): void {
  const words = (folder: string): Buffer => readFileSync(join(folder, 'vocabulary.tsv'));
  for (const other of others) {
    if (!words(other).equals(words(first!)))
      throw new PipelineError('E_INPUT', 'the models do not have the same words', {
        hint: 'Train them on the same `tokens`.',
      });
    const differing = differences(reading(other), reading(first!));
    if (differing.length > 0)
      throw new PipelineError('E_INPUT', `the models do not read texts alike: they differ in ${differing}`, {
        hint: 'Train them on the same `tokens`.',
      });
  }
}

/** How a model cuts texts into words. The splits of its corpus are of no matter. */
function reading(folder: string): object {
  return { ...readTokenizerConfig(folder), splits: [] };
}

function checkConfigs([first, ...others]: readonly ModelConfig[]): void {
  if (first!.encoder.pooling === 'attention')
    throw new PipelineError('E_INPUT', 'models with `pooling: attention` cannot be joined', {
      hint: 'Use another `pooling`: the joined model has one attention, and each of these has its own.',
    });
  for (const other of others) {
    const differing = differences(architecture(other), architecture(first!));
    if (differing.length > 0)
      throw new PipelineError(
        'E_INPUT',
        `the models do not have the same architecture: they differ in ${differing}`,
        { hint: 'Only `hidden`, `projection` and the dimensions of the word vectors may differ.' },
      );
  }
}

/** Without the sizes, which are added up; named as in a spec. */
function architecture({ similarity, encoder, embeddings }: ModelConfig): object {
  const { cell, layers, bidirectional, pooling, skip, projection, shared } = encoder;
  return {
    cell,
    layers,
    bidirectional,
    pooling,
    skip,
    'whether there is a `projection`': projection !== null,
    shared,
    subwords: embeddings.ngrams ?? null,
    distance: similarity,
  };
}

/** The names of what differs, as text. */
function differences(one: object, other: object): string {
  const others = new Map(Object.entries(other));
  return Object.entries(one)
    .filter(([name, value]) => !isDeepStrictEqual(value, others.get(name)))
    .map(([name]) => (name.includes('`') ? name : `\`${name}\``))
    .join(', ');
}
