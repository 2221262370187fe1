import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../../src/engine/model/open-encoder.ts';
import { newWords } from '../../../src/engine/model/new-words.ts';
import { EMBEDDINGS, readModelConfig, readModelWeights } from '../../../src/formats/model.ts';
import { readNpy } from '../../../src/formats/npy.ts';
import { raggedFrom, row } from '../../../src/formats/ragged.ts';
import { UNKNOWN, type Tokens } from '../../../src/formats/tokens.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage as embed } from '../../../stages/embed/kind.ts';
import { stage as train } from '../../../stages/train/kind.ts';
import { runKind, WASM, type KindRun } from '../../helpers/run-kind.ts';
import { tokensArtifact } from '../../retrieval/fixtures.ts';
import { makeWorld, type World } from '../train/fixtures.ts';

/** Frequent enough for a row of their own; the other words of the world have n-grams alone. */
const KNOWN = 40;

const trained = async (world: World, buckets: number): Promise<KindRun> => {
  const params: JsonObject = {
    encoder: { hidden: 8, shared: false },
    embeddings: { dimensions: 5, subwords: { buckets, min_n: 2, max_n: 3 } },
    epochs: 1,
  };
  return runKind(train, { params, inputs: world.inputs });
};

/** A corpus of its own: document 0 of the world, and two documents of one new word each. */
function foreign({ tokens }: World): Tokens {
  const words = tokens.vocabulary.tokens.length;
  return {
    ...tokens,
    vocabulary: {
      tokens: [...tokens.vocabulary.tokens, 'd1x9', 'd7x8'],
      counts: [...tokens.vocabulary.counts, 1, 1],
    },
    documents: raggedFrom([row(tokens.documents, 0), [words], [words + 1]]),
  };
}

const rowsOf = (run: KindRun): Float32Array[] => {
  const { rows, columns, data } = readNpy(join(run.artifact.path, 'documents.npy'));
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
};

describe('embed for a corpus that the model was not trained on', () => {
  it('gives known texts the vector they have at home, and new words one of their n-grams', async () => {
    const world = makeWorld({ knownWords: KNOWN });
    const model = (await trained(world, 50)).artifact;
    const home = await runKind(embed, { inputs: { tokens: world.inputs.tokens, model } });
    const abroad = await runKind(embed, { inputs: { tokens: tokensArtifact(foreign(world)), model } });
    const [known, first, second] = rowsOf(abroad);
    expect(known).toEqual(rowsOf(home)[0]);
    expect(first).not.toEqual(second);
    expect(home.headline).not.toContain('unknown');
    expect(abroad.headline).toMatch(/ · \d+\.\d % of words unknown, by n-grams$/);
    expect(abroad.warnings).toEqual([]);
  });

  it('encodes a question with new words as embed does', async () => {
    const world = makeWorld({ knownWords: KNOWN });
    const model = (await trained(world, 50)).artifact;
    const given = foreign(world);
    const tokens = { ...given, queries: given.documents, querySplit: new Uint8Array(3) };
    const run = await runKind(embed, { inputs: { tokens: tokensArtifact(tokens), model } });
    const { columns, data } = readNpy(join(run.artifact.path, 'queries.npy'));
    const encoder = await openEncoder(model.path, { engine: WASM, threads: 1, newWords: 4 });
    encoder.nameWords(['anything', 'else']);
    encoder.nameWords(['d7x8']);
    const id = world.tokens.vocabulary.tokens.length;
    expect(encoder.encodeQueries([Uint32Array.of(id)])).toEqual(data.slice(2 * columns));
    encoder.dispose();
  });

  it('treats new words all alike without n-grams, and warns', async () => {
    const world = makeWorld();
    const model = (await trained(world, 0)).artifact;
    const { documents, ...rest } = foreign(world);
    const only = raggedFrom([row(documents, 1), row(documents, 2)]);
    const run = await runKind(embed, {
      inputs: { tokens: tokensArtifact({ ...rest, documents: only }), model },
    });
    expect(rowsOf(run)[0]).toEqual(rowsOf(run)[1]);
    expect(run.metrics).toMatchObject({ 'documents.oov': 1, 'queries.oov': 0 });
    expect(run.warnings[0]).toContain("neither the words nor the n-grams of 100.0 % of the documents' words");
  });
});

it('a word that is too rare for a row has the vector that its n-grams alone give', async () => {
  const world = makeWorld({ knownWords: KNOWN });
  const { path } = (await trained(world, 50)).artifact;
  const weights = readModelWeights(path);
  const config = readModelConfig(path);
  expect(config.embeddings).toEqual({
    rows: world.tokens.vocabulary.tokens.length,
    dimensions: 5,
    ngrams: { min_n: 2, max_n: 3, buckets: 50 },
  });
  const table = weights.get(EMBEDDINGS)!.data;
  const vectors = newWords(path, config, weights)!(world.tokens.vocabulary.tokens.slice(KNOWN));
  expect(vectors).toEqual(table.slice(KNOWN * 5));
  expect(vectors.slice(0, 5)).not.toEqual(table.slice(UNKNOWN * 5, UNKNOWN * 5 + 5));
});
