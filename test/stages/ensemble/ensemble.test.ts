import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../../src/engine/model/open-encoder.ts';
import type { EncoderConfig, ModelConfig } from '../../../src/formats/model.ts';
import { raggedFrom } from '../../../src/formats/ragged.ts';
import { exportModel } from '../../../src/interchange/export.ts';
import { FORMATS } from '../../../src/interchange/exported-config.ts';
import { importModel } from '../../../src/interchange/import.ts';
import { stage } from '../../../stages/ensemble/kind.ts';
import { FACTS, GRU, LSTM, modelFolder, NGRAMS_OF_WORDS } from '../../interchange/fixtures.ts';
import { runKind, temporaryFolder, WASM, type KindRun } from '../../helpers/run-kind.ts';

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
    [
      'projected word vectors, which `skip` does not change',
      { ...LSTM, cell: 'none', pooling: 'mean', skip: true, projection: 3 },
      { ...LSTM, cell: 'none', pooling: 'mean', skip: true, projection: 2 },
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

  it.each(FORMATS)('comes back the same from an export to %s', async (format) => {
    const models = [1, 2].map((seed) => modelFolder(MAX_POOLED, NGRAMS_OF_WORDS, { seed }));
    const { artifact } = await ensemble(models);
    const [exported, back] = [join(temporaryFolder(), 'exported'), temporaryFolder()];
    exportModel(format, artifact.path, exported, FACTS);
    importModel(exported, back);
    for (const name of ['model.json', 'model.safetensors', 'vocabulary.tsv', 'tokenizer.json'])
      expect(readFileSync(join(back, name), 'latin1')).toBe(
        readFileSync(join(artifact.path, name), 'latin1'),
      );
  });

  it('needs two models', async () => {
    await expect(ensemble([modelFolder(LSTM)])).rejects.toThrow('an ensemble needs two models or more');
  });

  it.each<[string, Parameters<typeof modelFolder>]>([
    ['`layers`', [{ ...LSTM, layers: 2 }]],
    ['`cell`, `pooling`', [{ ...LSTM, cell: 'gru', pooling: 'attention' }]],
    ['whether there is a `projection`', [{ ...LSTM, projection: 2 }]],
    ['`subwords`', [LSTM, NGRAMS_OF_WORDS]],
    ['`distance`', [LSTM, undefined, DOT]],
  ])('refuses models of another architecture, and says that they differ in %s', async (where, other) => {
    await expect(ensemble([modelFolder(LSTM), modelFolder(...other)])).rejects.toThrow(
      `the models do not have the same architecture: they differ in ${where}`,
    );
  });

  it('refuses models that pool by attention', async () => {
    await expect(ensemble([modelFolder(GRU), modelFolder(GRU)])).rejects.toThrow(
      '`pooling: attention` cannot be joined',
    );
  });

  it('refuses models with other words, or that read texts otherwise, and no others for their splits', async () => {
    const changed = (file: string, from: string, to: string): string => {
      const path = modelFolder(LSTM);
      writeFileSync(join(path, file), readFileSync(join(path, file), 'utf8').replace(from, to));
      return path;
    };
    const joined = (other: string): Promise<KindRun> => ensemble([modelFolder(LSTM), other]);
    await expect(joined(changed('vocabulary.tsv', 'river', 'brook'))).rejects.toThrow('the same words');
    await expect(
      joined(changed('tokenizer.json', '"lowercase": true', '"lowercase": false')),
    ).rejects.toThrow('the models do not read texts alike: they differ in `lowercase`');
    expect((await joined(changed('tokenizer.json', '"train"', '"all"'))).metrics).toMatchObject({
      models: 2,
    });
  });
});
