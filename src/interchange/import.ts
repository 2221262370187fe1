/** The model in a folder of any format that we write, as a model artifact: the same bytes, whatever way it went. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { towersOf, towerShapes } from '../engine/model/towers.ts';
import { EMBEDDINGS, NGRAMS, writeModel, type ModelConfig, type ModelWeights } from '../formats/model.ts';
import { readTokenizerConfig } from '../formats/tokens.ts';
import { CONFIG, readExportedConfig, TOKENIZER_FILES, type ExportFormat } from './exported-config.ts';
import { copyFiles } from './fill-folder.ts';
import { readHuggingFace } from './huggingface/read.ts';
import { readOnnx } from './onnx/read.ts';
import { readTrainedModel } from './trained-model.ts';

export type ImportFormat = ExportFormat | 'artifact';

export interface ImportedModel {
  readonly format: ImportFormat;
  readonly config: ModelConfig;
}

/** Fills the empty folder `output` with the model in `folder`. Throws `E_FORMAT` or `E_INPUT` where there is none. */
export function importModel(folder: string, output: string): ImportedModel {
  const read = readFolder(folder);
  checkTokenizer(folder, read.config);
  checkWeights(folder, read);
  writeModel(output, read.config, read.weights);
  copyFiles(folder, output, TOKENIZER_FILES);
  return read;
}

function readFolder(folder: string): ImportedModel & { readonly weights: ModelWeights } {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (has('model.json')) {
    const { config, weights, ngrams } = readTrainedModel(folder);
    return {
      format: 'artifact',
      config,
      weights: ngrams ? new Map([...weights, [NGRAMS, ngrams]]) : weights,
    };
  }
  if (!has(CONFIG))
    throw new PipelineError('E_INPUT', `${folder} holds no model: it has neither model.json nor ${CONFIG}`, {
      hint: 'Name a folder that `pipeline export --to` wrote, or a model artifact.',
    });
  const { format, config } = readExportedConfig(folder);
  const weights = format === 'onnx' ? readOnnx(folder, config) : readHuggingFace(folder, config);
  return { format, config, weights };
}

function checkTokenizer(folder: string, { embeddings }: ModelConfig): void {
  const missing = TOKENIZER_FILES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    throw new PipelineError('E_INPUT', `${folder} has no ${missing.join(' and no ')}`, {
      hint: 'Copy the whole folder: the model cannot read texts without them.',
    });
  const { model_vocabulary } = readTokenizerConfig(folder);
  if (model_vocabulary !== embeddings.rows)
    throw new PipelineError(
      'E_FORMAT',
      `the tokenizer in ${folder} has ${model_vocabulary} words for the model and the model ${embeddings.rows} vectors`,
    );
}

/** Weights that were changed elsewhere may have another shape than the configuration says. */
function checkWeights(
  folder: string,
  { config, weights }: ImportedModel & { readonly weights: ModelWeights },
): void {
  const { encoder, embeddings } = config;
  const { rows, dimensions, ngrams } = embeddings;
  const shapes: readonly (readonly [name: string, shape: readonly number[]])[] = [
    [EMBEDDINGS, [rows, dimensions]],
    ...(ngrams ? [[NGRAMS, [ngrams.buckets, dimensions]] as const] : []),
    ...towersOf(encoder).flatMap((tower) =>
      towerShapes(encoder, dimensions).map(({ name, shape }) => [`${tower}.${name}`, shape] as const),
    ),
  ];
  for (const [name, shape] of shapes) {
    const length = weights.get(name)?.data.length;
    if (length !== shape.reduce((product, size) => product * size, 1))
      throw new PipelineError(
        'E_FORMAT',
        `${name} in ${folder} has ${length ?? 'no'} values and not the shape [${shape.join(', ')}]`,
        { hint: `Keep ${CONFIG} and the vocabulary in step with the weights.` },
      );
  }
}
