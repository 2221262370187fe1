/**
 * The folder that `pipeline export --to huggingface` writes, which sentence-transformers and PyTorch load:
 * `model.safetensors`, the code that reads it, a model card, and the files of common-files.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { copyPython, writeCommonFiles, writeJson } from '../common-files.ts';
import type { ModelFacts } from '../facts.ts';
import type { TrainedModel } from '../trained-model.ts';
import { modelCard } from './model-card.ts';
import { WEIGHTS_FILE } from './read.ts';
import { toTorch } from './weights.ts';

export function writeHuggingFace(folder: string, model: TrainedModel, facts: ModelFacts): void {
  const { config, weights, ngrams } = model;
  writeCommonFiles(folder, model, 'huggingface');
  for (const name of ['modeling_two_tower.py', 'custom_st.py']) copyPython(folder, name);
  writeSafetensors(join(folder, WEIGHTS_FILE), toTorch(config, weights, ngrams), { format: 'pt' });
  writeJson(folder, 'modules.json', [{ idx: 0, name: '0', path: '', type: 'custom_st.TwoTowerModule' }]);
  writeJson(folder, 'config_sentence_transformers.json', {
    model_type: 'SentenceTransformer',
    similarity_fn_name: config.similarity,
    prompts: { query: '', document: '' },
    default_prompt_name: null,
  });
  writeFileSync(join(folder, 'README.md'), modelCard(model, facts), { flag: 'wx' });
}
