/** The weights of a model in a folder that `pipeline export --to onnx` wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { towersOf, type TowerName } from '../../engine/model/towers.ts';
import { NGRAMS, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import { readSafetensors, requireTensor, type Tensor } from '../../formats/safetensors.ts';
import { readInitializers } from './initializers.ts';
import { weightsFrom } from './weights.ts';

/** `ngrams` [buckets, dimensions], and `unknown` [dimensions] for Python. */
export const NGRAMS_FILE = 'ngrams.safetensors';

export function readOnnx(folder: string, config: ModelConfig): ModelWeights {
  const tensors = new Map(
    towersOf(config.encoder).map((tower) => {
      const path = join(folder, `${tower}.onnx`);
      return [tower, readInitializers(readFileSync(path), path)];
    }),
  );
  const initializer = (tower: TowerName, name: string): Tensor<Float32Array> => {
    const found = tensors.get(tower)!.get(name);
    if (found) return found;
    throw new PipelineError('E_FORMAT', `${join(folder, `${tower}.onnx`)} has no tensor ${name}`, {
      hint: 'Use the file as `pipeline export` wrote it: optimisers rename and merge its tensors.',
    });
  };
  const weights = new Map(weightsFrom(config, initializer));
  if (config.embeddings.ngrams)
    weights.set(NGRAMS, requireTensor(readSafetensors(join(folder, NGRAMS_FILE)), NGRAMS, Float32Array));
  return weights;
}
