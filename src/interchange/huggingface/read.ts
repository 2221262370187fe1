import { join } from 'node:path';
import type { ModelConfig, ModelWeights } from '../../formats/model.ts';
import { readSafetensors, requireTensor } from '../../formats/safetensors.ts';
import { fromTorch } from './weights.ts';

export const WEIGHTS_FILE = 'model.safetensors';

/** The weights of a model in a folder that `pipeline export --to huggingface` or PyTorch wrote. */
export function readHuggingFace(folder: string, config: ModelConfig): ModelWeights {
  const file = readSafetensors(join(folder, WEIGHTS_FILE));
  return fromTorch(config, (name) => requireTensor(file, name, Float32Array));
}
