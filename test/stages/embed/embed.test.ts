import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/engine/model/training-model.ts';
import { openBackend } from '../../../src/engine/backends/open-backend.ts';
import { openEncoder } from '../../../src/engine/model/open-encoder.ts';
import { readEmbeddingsConfig } from '../../../src/formats/embeddings.ts';
import { readModelConfig, readModelWeights } from '../../../src/formats/model.ts';
import { readNpy } from '../../../src/formats/npy.ts';
import { row } from '../../../src/formats/ragged.ts';
import { modelIds } from '../../../src/formats/tokens.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage as embed } from '../../../stages/embed/kind.ts';
import { stage as train } from '../../../stages/train/kind.ts';
import { runKind, WASM, type KindRun } from '../../helpers/run-kind.ts';
import { tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { digestsOf, makeWorld, type World } from '../train/fixtures.ts';

const PARAMS: JsonObject = {
  encoder: { hidden: 9, bidirectional: true, pooling: 'attention', projection: 6, shared: false },
  embeddings: { dimensions: 5 },
  epochs: 1,
};

async function trained(world: World, params: JsonObject = {}): Promise<KindRun> {
  return runKind(train, { params: { ...PARAMS, ...params }, inputs: world.inputs });
}

describe('embed', () => {
  it('gives every document and query a vector of length 1, or zeros if the text is empty', async () => {
    const world = makeWorld();
    const model = await trained(world, { encoder: { hidden: 9, pooling: 'max' } });
    const run = await runKind(embed, { inputs: { tokens: world.inputs.tokens, model: model.artifact } });
    expect(readEmbeddingsConfig(run.artifact.path)).toEqual({
      similarity: 'cosine',
      dimensions: 9,
      documents: 48,
      queries: 96,
    });
    for (const file of ['documents.npy', 'queries.npy']) {
      const { rows, columns, data } = readNpy(join(run.artifact.path, file));
      for (let i = 0; i < rows; i++) {
        const vector = data.subarray(i * columns, (i + 1) * columns);
        const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
        // Document 5 has no words.
        expect(length).toBeCloseTo(file === 'documents.npy' && i === 5 ? 0 : 1, 5);
      }
    }
  });

  it('gives the same bytes at any number of threads', async () => {
    const world = makeWorld();
    const inputs = { tokens: world.inputs.tokens, model: (await trained(world)).artifact };
    const one = await runKind(embed, { inputs, threads: 1 });
    for (const threads of [2, 3, 4, 8])
      expect(digestsOf((await runKind(embed, { inputs, threads })).artifact)).toEqual(
        digestsOf(one.artifact),
      );
  });

  it.each(['cosine', 'euclidean'])(
    'encodes a question to the bit as the model does (%s)',
    async (distance) => {
      const world = makeWorld();
      const model = await trained(world, { loss: { name: 'triplet', distance } });
      const run = await runKind(embed, { inputs: { tokens: world.inputs.tokens, model: model.artifact } });
      const { columns, data } = readNpy(join(run.artifact.path, 'queries.npy'));
      const question = modelIds(row(world.tokens.queries, 3), world.tokens.config, 16);

      const encoder = await openEncoder(model.artifact.path, { engine: WASM, threads: 1 });
      expect(encoder.encodeQueries([question])).toEqual(data.slice(3 * columns, 4 * columns));
      encoder.dispose();

      const backend = await openBackend(WASM, 2);
      const whole = createModel(readModelConfig(model.artifact.path), backend);
      whole.assign(readModelWeights(model.artifact.path));
      const result = whole.infer('query', world.tokens.queries);
      expect(Float32Array.from(result)).toEqual(data);
      whole.dispose();
      backend.dispose();
    },
  );

  it('rejects tokens with another vocabulary', async () => {
    const world = makeWorld();
    const model = await trained(world);
    const small = tokensArtifact(tokensOf(['a b'], [{ text: 'a', relevant: { 0: 1 } }]));
    await expect(runKind(embed, { inputs: { tokens: small, model: model.artifact } })).rejects.toMatchObject({
      code: 'E_INPUT',
    });
  });
});
