/**
 * The folder that `pipeline export --to onnx` writes: `query.onnx` and `document.onnx`, or one `encoder.onnx` if they share
 * weights, `ngrams.safetensors` where new words are made of n-grams, and the files of common-files.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { towerFor, towersOf } from '../../engine/model/towers.ts';
import { EMBEDDINGS, NGRAMS } from '../../formats/model.ts';
import { writeSafetensors, type Tensor } from '../../formats/safetensors.ts';
import { UNKNOWN } from '../../formats/tokens.ts';
import { writeCommonFiles } from '../common-files.ts';
import type { ModelFacts } from '../facts.ts';
import type { TrainedModel } from '../trained-model.ts';
import { NGRAMS_FILE } from './read.ts';
import { onnxReadme } from './readme.ts';
import { towerGraph } from './tower.ts';

export function writeOnnx(folder: string, model: TrainedModel, facts: ModelFacts): void {
  const { config, weights, ngrams } = model;
  requireSize(model);
  writeCommonFiles(folder, model, 'onnx');
  for (const tower of towersOf(config.encoder)) {
    const side = tower === 'query' ? 'query' : 'document';
    const graph = towerGraph(config, weights, side, { similarity: config.similarity });
    writeFileSync(join(folder, `${tower}.onnx`), graph, { flag: 'wx' });
  }
  if (ngrams) writeSafetensors(join(folder, NGRAMS_FILE), { [NGRAMS]: ngrams, unknown: unknownOf(model) });
  const file = (side: 'query' | 'document'): string => `${towerFor(config.encoder, side)}.onnx`;
  const readme = onnxReadme(model, facts, { query: file('query'), document: file('document') });
  writeFileSync(join(folder, 'README.md'), readme, { flag: 'wx' });
}

/** Protobuf, and so ONNX, has no longer files; the graph itself takes some kilobytes. */
const LARGEST = 2 ** 31 - 2 ** 20;

function requireSize({ config, weights }: TrainedModel): void {
  const { rows, dimensions } = config.embeddings;
  const others = [...weights].filter(([name]) => name !== EMBEDDINGS);
  const values = others.reduce(
    (sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1),
    rows * dimensions,
  );
  if (values * Float32Array.BYTES_PER_ELEMENT <= LARGEST) return;
  throw new PipelineError('E_LIMIT', 'the model is larger than an ONNX file may be, 2 GiB', {
    hint: 'Export it with `--to huggingface`.',
  });
}

/** [dimensions]: what the vector of a new word begins with. */
function unknownOf({ config, weights }: TrainedModel): Tensor<Float32Array> {
  const { dimensions } = config.embeddings;
  const { data } = weights.get(EMBEDDINGS)!;
  return { shape: [dimensions], data: data.slice(UNKNOWN * dimensions, (UNKNOWN + 1) * dimensions) };
}
