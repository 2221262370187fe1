import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../../src/engine/model/open-encoder.ts';
import type { EncoderConfig, ModelConfig } from '../../../src/formats/model.ts';
import { raggedFrom } from '../../../src/formats/ragged.ts';
import { stage } from '../../../stages/ensemble/kind.ts';
import { GRU, LSTM, modelFolder, NGRAMS_OF_WORDS } from '../../interchange/fixtures.ts';
import { runKind, WASM, type KindRun } from '../../helpers/run-kind.ts';

const QUERIES = [[2, 3], [4], [5, 2, 8]].map((ids) => Uint32Array.from(ids));
const DOCUMENTS = [[2, 3, 4, 5, 6, 7], [7, 8], [6]].map((ids) => Uint32Array.from(ids));

/** Inner products of all queries and documents. */
async function scores(folder: string): Promise<number[]> {
  const encoder = await openEncoder(folder, { engine: WASM, threads: 1 });
  try {
    const width = encoder.config.dimensions;
    const queries = encoder.encodeQueries(QUERIES);
    const documents = new Float32Array(DOCUMENTS.length * width);
    Array.from(encoder.encodeAll('document', raggedFrom(DOCUMENTS), documents));
    return QUERIES.flatMap((_q, q) =>
      DOCUMENTS.map((_d, d) => {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += queries[q * width + i]! * documents[d * width + i]!;
        return sum;
      }),
    );
  } finally {
    encoder.dispose();
  }
}

const ensemble = (folders: readonly string[]): Promise<KindRun> =>
  runKind(stage, {
    inputs: {
      models: folders.map((path) => ({
        stage: 'model',
        type: 'model',
        path,
        key: path,
        digest: path,
        metrics: {},
      })),
    },
  });

const MAX_POOLED = { ...GRU, pooling: 'max' } as const satisfies EncoderConfig;
const DOT = { similarity: 'dot' } as const satisfies Partial<ModelConfig>;

describe('ensemble', () => {
  it.each<[string, EncoderConfig, EncoderConfig]>([
    ['LSTMs', LSTM, { ...LSTM, hidden: 7 }],
    [
      'two bidirectional layers with a projection',
      { ...MAX_POOLED, skip: false },
      { ...MAX_POOLED, skip: false, hidden: 3, projection: 2 },
    ],
    [
      'word vectors alone',
      { ...LSTM, cell: 'none', pooling: 'mean' },
      { ...LSTM, cell: 'none', pooling: 'mean' },
    ],
  ])('adds up the inner products of its models: %s', async (_name, one, other) => {
    const folders = [
      modelFolder(one, undefined, DOT),
      modelFolder(other, undefined, { ...DOT, dimensions: 4, seed: 2 }),
    ];
    const [first, second] = await Promise.all(folders.map(scores));
    const run = await ensemble(folders);
    const joined = await scores(run.artifact.path);
    for (const [i, score] of joined.entries()) expect(score).toBeCloseTo(first![i]! + second![i]!, 4);
  });

  it('of a model and itself has the cosines of that model, skip connection and projection included', async () => {
    const folder = modelFolder(MAX_POOLED, NGRAMS_OF_WORDS);
    const run = await ensemble([folder, folder]);
    const alone = await scores(folder);
    for (const [i, score] of (await scores(run.artifact.path)).entries())
      expect(score).toBeCloseTo(alone[i]!, 5);
    expect(run.metrics).toEqual({ models: 2, dimensions: 8 });
    expect(run.headline).toBe('2 models · 8 dimensions');
    for (const name of ['vocabulary.tsv', 'tokenizer.json'])
      expect(readFileSync(join(run.artifact.path, name))).toEqual(readFileSync(join(folder, name)));
  });

  it('refuses models that do not fit together', async () => {
    const folder = modelFolder(LSTM);
    await expect(ensemble([folder])).rejects.toThrow('an ensemble needs two models or more');
    await expect(ensemble([folder, modelFolder({ ...LSTM, layers: 2 })])).rejects.toThrow(
      'the same architecture',
    );
    await expect(ensemble([modelFolder(GRU), modelFolder(GRU)])).rejects.toThrow(
      '`pooling: attention` cannot be joined',
    );
  });
});
