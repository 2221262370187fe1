/** `config.json` of an exported folder: the format, the model's shape, and what its users have to know. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { isObject } from '../base/json.ts';
import type { ModelConfig } from '../formats/model.ts';

export const FORMATS = ['onnx', 'huggingface'] as const;
export type ExportFormat = (typeof FORMATS)[number];

export const MODEL_TYPE = 'two-tower';
export const CONFIG = 'config.json';
export const TOKENIZER_FILES = ['tokenizer.json', 'vocabulary.tsv'] as const;

export interface ExportedConfig {
  readonly format: ExportFormat;
  readonly config: ModelConfig;
}

export function readExportedConfig(folder: string): ExportedConfig {
  const read: unknown = JSON.parse(readFileSync(join(folder, CONFIG), 'utf8'));
  if (!isObject(read) || read['model_type'] !== MODEL_TYPE)
    throw new PipelineError('E_FORMAT', `${folder} holds a model of another program: its ${CONFIG} says so`, {
      hint: 'Name a folder that `pipeline export --to` wrote, or a model artifact.',
    });
  const { format, similarity, encoder, embeddings, dimensions } = read as unknown as ModelConfig;
  const version: number = format;
  const exported = FORMATS.find((name) => name === read['exported_to']);
  if (version !== 1 || exported === undefined || !isObject(encoder) || !isObject(embeddings))
    throw new PipelineError('E_FORMAT', `${folder} has a format that this version does not know`);
  return { format: exported, config: { format, similarity, encoder, embeddings, dimensions } };
}
