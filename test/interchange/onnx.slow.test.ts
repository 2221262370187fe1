/** The ONNX graph of a tower against our own engine, run by onnxruntime (its WebAssembly build). */
import * as fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { openKernels, type Kernels } from '../../src/engine/kernels/kernels.ts';
import { createInference } from '../../src/engine/model/inference-model.ts';
import { embeddingWidth, towersOf, towerShapes } from '../../src/engine/model/towers.ts';
import type { EncoderConfig, ModelConfig, ModelWeights } from '../../src/formats/model.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { towerGraph } from '../../src/interchange/onnx/tower.ts';

let kernels: Kernels;
beforeAll(async () => {
  ort.env.wasm.numThreads = 1;
  kernels = await openKernels({ threads: 1, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

const ROWS = 13;

function modelOf(encoder: EncoderConfig, input: number, similarity: 'cosine' | 'dot', seed: number) {
  const config: ModelConfig = {
    format: 1,
    similarity,
    encoder,
    embeddings: { rows: ROWS, dimensions: input },
    dimensions: embeddingWidth(encoder, input),
  };
  const source = random(seed, 'onnx');
  const tensor = (shape: readonly number[]) => ({
    shape: [...shape],
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.5 * source.normal()),
  });
  const weights: ModelWeights = new Map([
    ['embeddings', tensor([ROWS, input])],
    ...towersOf(encoder).flatMap((tower) =>
      towerShapes(encoder, input).map(({ name, shape }) => [`${tower}.${name}`, tensor(shape)] as const),
    ),
  ]);
  return { config, weights };
}

/** [texts, dimensions], as onnxruntime computes it. Texts are padded with a word, which must not count. */
async function byOnnx(graph: Buffer, texts: readonly (readonly number[])[]): Promise<Float32Array> {
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

test('every cell, pooling and option gives the vectors of the engine, to 1e-5', async () => {
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
        const { config, weights } = modelOf(encoder, input, similarity, seed);
        const model = createInference(config, weights, kernels);
        for (const side of ['query', 'document'] as const) {
          const own = model.infer(side, raggedFrom(texts));
          const onnx = await byOnnx(towerGraph(config, weights, side), texts);
          expect(onnx.length).toBe(own.length);
          for (const [i, value] of onnx.entries()) expect(Math.abs(value - own[i]!)).toBeLessThan(1e-5);
        }
        model.dispose();
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});
