/** The ONNX graph of a tower against our own engine, run by onnxruntime (its WebAssembly build). */
import * as fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKernels, type Kernels } from '../../src/engine/kernels/kernels.ts';
import { createInference } from '../../src/engine/model/inference-model.ts';
import { newWords } from '../../src/engine/model/new-words.ts';
import { openEncoder } from '../../src/engine/model/open-encoder.ts';
import type { TowerName } from '../../src/engine/model/towers.ts';
import type { EncoderConfig } from '../../src/formats/model.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { readInitializers } from '../../src/interchange/onnx/initializers.ts';
import { towerGraph } from '../../src/interchange/onnx/tower.ts';
import { weightsFrom } from '../../src/interchange/onnx/weights.ts';
import { readTrainedModel } from '../../src/interchange/trained-model.ts';
import { WASM } from '../helpers/run-kind.ts';
import { GRU, modelFolder, NGRAMS_OF_WORDS, randomModel } from './fixtures.ts';

let kernels: Kernels;
beforeAll(async () => {
  ort.env.wasm.numThreads = 1;
  kernels = await openKernels({ threads: 1, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

const ROWS = 13;

/** [texts, dimensions], as onnxruntime computes it. Texts are padded with a word, which must not count. */
async function byOnnx(
  graph: Buffer,
  texts: readonly (readonly number[])[],
  newWords?: { readonly data: Float32Array; readonly dimensions: number },
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(new Uint8Array(graph), {
    logSeverityLevel: 3,
  });
  const tokens = Math.max(1, ...texts.map((text) => text.length));
  const ids = new BigInt64Array(texts.length * tokens).fill(5n);
  for (const [row, text] of texts.entries())
    for (const [place, id] of text.entries()) ids[row * tokens + place] = BigInt(id);
  const { embedding } = await session.run({
    ids: new ort.Tensor('int64', ids, [texts.length, tokens]),
    lengths: new ort.Tensor(
      'int32',
      Int32Array.from(texts, (text) => text.length),
      [texts.length],
    ),
    ...(newWords && {
      new_words: new ort.Tensor('float32', newWords.data, [
        newWords.data.length / newWords.dimensions,
        newWords.dimensions,
      ]),
    }),
  });
  await session.release();
  return embedding!.data as Float32Array;
}

const encoders: fc.Arbitrary<EncoderConfig> = fc.record({
  cell: fc.constantFrom('gru', 'lstm', 'none'),
  hidden: fc.integer({ min: 1, max: 6 }),
  layers: fc.integer({ min: 1, max: 2 }),
  bidirectional: fc.boolean(),
  pooling: fc.constantFrom('last', 'mean', 'max', 'attention'),
  skip: fc.boolean(),
  projection: fc.constantFrom(null, 3),
  shared: fc.boolean(),
});

test('every cell, pooling and option gives the vectors of the engine to 1e-5, and the same weights back', async () => {
  await fc.assert(
    fc.asyncProperty(
      encoders,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('cosine' as const, 'dot' as const),
      fc.array(fc.array(fc.integer({ min: 1, max: ROWS - 1 }), { maxLength: 7 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 0, max: 1000 }),
      async (encoder, input, similarity, texts, seed) => {
        const { config, weights } = randomModel(encoder, { rows: ROWS, dimensions: input, similarity, seed });
        const model = createInference(config, weights, kernels);
        for (const side of ['query', 'document'] as const) {
          const own = model.infer(side, raggedFrom(texts));
          const onnx = await byOnnx(towerGraph(config, weights, side), texts);
          expect(onnx.length).toBe(own.length);
          for (const [i, value] of onnx.entries()) expect(Math.abs(value - own[i]!)).toBeLessThan(1e-5);
        }
        model.dispose();
        const stored = (tower: TowerName, name: string) =>
          readInitializers(towerGraph(config, weights, tower === 'query' ? 'query' : 'document'), tower).get(
            name,
          )!;
        for (const [name, { data }] of weightsFrom(config, stored))
          expect(data).toEqual(weights.get(name)!.data);
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});

test.each([[['stony', 'rivers', 'stony']], [[]]])(
  'new words %j are rows of an input of their own',
  async (words) => {
    const folder = modelFolder(GRU, NGRAMS_OF_WORDS);
    const distinct = [...new Set(words)];
    const encoder = await openEncoder(folder, { engine: WASM, threads: 1, newWords: 3 });
    encoder.nameWords(distinct);
    const { rows, dimensions } = encoder.config.embeddings;
    const text = [2, ...words.map((word) => rows + distinct.indexOf(word)), 3];
    const { config, weights } = readTrainedModel(folder);
    const data = newWords(folder, config, weights)!(distinct);
    const onnx = await byOnnx(towerGraph(config, weights, 'query'), [text, [1]], { data, dimensions });
    const own = encoder.encodeQueries([Uint32Array.from(text), Uint32Array.of(1)]);
    for (const [i, value] of onnx.entries()) expect(Math.abs(value - own[i]!)).toBeLessThan(1e-5);
    encoder.dispose();
  },
);
