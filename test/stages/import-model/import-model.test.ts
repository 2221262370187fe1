import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../../../src/interchange/export.ts';
import { stage as importModel } from '../../../stages/import-model/kind.ts';
import { FACTS, GRU, modelFolder } from '../../interchange/fixtures.ts';
import { runKind, temporaryFolder } from '../../helpers/run-kind.ts';

describe('import-model', () => {
  it('makes a model artifact of an exported folder', async () => {
    const model = modelFolder(GRU);
    const path = join(temporaryFolder(), 'exported');
    exportModel('onnx', model, path, FACTS);
    const run = await runKind(importModel, { params: { path } });
    for (const name of ['model.json', 'model.safetensors', 'tokenizer.json', 'vocabulary.tsv'])
      expect(readFileSync(join(run.artifact.path, name))).toEqual(readFileSync(join(model, name)));
    expect(run.metrics).toEqual({ vocabulary: 9, dimensions: 4 });
    expect(run.headline).toBe('ONNX · 9 words · 4 dimensions');
  });

  it('fails where the folder holds no model', async () => {
    await expect(runKind(importModel, { params: { path: temporaryFolder() } })).rejects.toThrow(
      'holds no model: it has neither model.json nor config.json',
    );
  });
});
