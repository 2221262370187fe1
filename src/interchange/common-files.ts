/**
 * What an exported folder has in every format: `config.json`, and next to it `tokenizer.json` and `vocabulary.tsv` as
 * in the model artifact, `characters.json`, and the tokenizer in Python. The formats add the weights.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLATION } from '../base/installation.ts';
import { charactersOf } from './characters.ts';
import { copyFiles } from './fill-folder.ts';
import { CONFIG, MODEL_TYPE, TOKENIZER_FILES, type ExportFormat } from './exported-config.ts';
import type { TrainedModel } from './trained-model.ts';

export function writeCommonFiles(folder: string, model: TrainedModel, format: ExportFormat): void {
  copyFiles(model.folder, folder, TOKENIZER_FILES);
  const { max_query_length, max_document_length } = model.tokenizer;
  const config = {
    model_type: MODEL_TYPE,
    exported_to: format,
    ...model.config,
    max_query_length,
    max_document_length,
  };
  writeJson(folder, CONFIG, config);
  writeJson(folder, 'characters.json', charactersOf(model.tokenizer.normalization));
  copyPython(folder, 'tokenization_two_tower.py');
}

export function writeJson(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}

/** Copies a file of this package's `python` folder. */
export function copyPython(folder: string, name: string): void {
  copyFiles(join(INSTALLATION, 'python'), folder, [name]);
}
