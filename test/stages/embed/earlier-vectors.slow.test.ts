import { describe, expect, it } from 'vitest';
import { random, shuffle } from '../../../src/base/random.ts';
import { openEncoder } from '../../../src/engine/model/open-encoder.ts';
import { raggedFrom, row, rowCount, type Ragged } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import type { Engine, InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage as embed } from '../../../stages/embed/kind.ts';
import { stage as train } from '../../../stages/train/kind.ts';
import { runKind, WASM, type KindRun } from '../../helpers/run-kind.ts';
import { tokensArtifact } from '../../retrieval/fixtures.ts';
import { digestsOf, makeWorld, type World } from '../train/fixtures.ts';

const PARAMS: JsonObject = {
  encoder: { hidden: 9, bidirectional: true, pooling: 'attention', projection: 6, shared: false },
  embeddings: { dimensions: 5 },
  epochs: 1,
};

const modelOf = async ({ inputs }: World, params: JsonObject = {}): Promise<InputArtifact> =>
  (await runKind(train, { params: { ...PARAMS, ...params }, inputs })).artifact;

/** Texts of random words; the first are the same however many there are. */
function randomTexts(count: number, words: number): Ragged {
  const source = random(3, 'texts');
  return raggedFrom(
    Array.from({ length: count }, () =>
      Array.from({ length: source.integer(40) }, () => 2 + source.integer(words - 2)),
    ),
  );
}

const withDocuments = (tokens: Tokens, count: number): InputArtifact =>
  tokensArtifact({ ...tokens, documents: randomTexts(count, tokens.vocabulary.tokens.length) });

interface Both {
  readonly fresh: KindRun;
  readonly reusing: KindRun;
}

/** Embeds `more` twice: anew, and with what was embedded of `few` at another number of threads. */
async function embedBoth(
  model: InputArtifact,
  few: InputArtifact,
  more: InputArtifact,
  { engine = WASM, params = {} }: { engine?: Engine; params?: JsonObject } = {},
): Promise<Both> {
  const before = await runKind(embed, { params, engine, inputs: { model, tokens: few }, threads: 2 });
  const inputs = { model, tokens: more };
  const earlier = { path: before.artifact.path, inputs: { model, tokens: few } };
  return {
    fresh: await runKind(embed, { params, engine, inputs, threads: 1 }),
    reusing: await runKind(embed, { params, engine, inputs, threads: 1, earlier }),
  };
}

describe('embedding with an earlier execution', () => {
  it('encodes new documents alone, and gives the bytes of a fresh execution', async () => {
    const world = makeWorld();
    const [few, more] = [withDocuments(world.tokens, 1000), withDocuments(world.tokens, 1010)];
    const { fresh, reusing } = await embedBoth(await modelOf(world), few, more);
    expect(fresh.metrics).not.toHaveProperty('reused');
    expect(reusing.metrics!['reused']).toBe(1000 + rowCount(world.tokens.queries));
    expect(reusing.headline).toMatch(/^1,106 texts, 10 of them new · /);
    expect(digestsOf(reusing.artifact)).toEqual(digestsOf(fresh.artifact));
  });

  it.each(['cosine', 'euclidean'])('makes lexical parts again (%s)', async (distance) => {
    const world = makeWorld();
    const model = await modelOf(world, { loss: { name: 'triplet', distance } });
    const params = { lexical: { dimensions: 32 } };
    const [few, more] = [withDocuments(world.tokens, 60), withDocuments(world.tokens, 64)];
    const { fresh, reusing } = await embedBoth(model, few, more, { params });
    // Queries by distance are stored in another form.
    expect(reusing.metrics!['reused']).toBe(60 + (distance === 'cosine' ? 96 : 0));
    expect(digestsOf(reusing.artifact)).toEqual(digestsOf(fresh.artifact));
  });

  it('knows words that the model has no row for by their spelling, since their ids move', async () => {
    const world = makeWorld();
    const model = await modelOf(world, { embeddings: { dimensions: 5, subwords: { buckets: 64 } } });
    const size = world.tokens.vocabulary.tokens.length;
    const corpus = (words: readonly string[], texts: readonly (readonly string[])[]): InputArtifact => {
      const { tokens, counts } = world.tokens.vocabulary;
      const vocabulary = {
        tokens: [...tokens, ...words],
        counts: [...counts, ...words.map(() => 1)],
      };
      const documents = raggedFrom(texts.map((text) => text.map((word) => vocabulary.tokens.indexOf(word))));
      return tokensArtifact({ ...world.tokens, vocabulary, documents });
    };
    expect(size).toBe(world.tokens.config.model_vocabulary);
    const few = corpus(['kabuki', 'marfan'], [['kabuki'], ['marfan'], ['kabuki', 'marfan']]);
    const more = corpus(['gaucher', 'marfan', 'kabuki'], [['kabuki'], ['gaucher'], ['kabuki', 'marfan']]);
    const { fresh, reusing } = await embedBoth(model, few, more);
    expect(reusing.metrics!['reused']).toBe(2 + 96);
    expect(digestsOf(reusing.artifact)).toEqual(digestsOf(fresh.artifact));
  });

  it('takes nothing over from an engine that does not promise equal bytes', async () => {
    const world = makeWorld();
    const [few, more] = [withDocuments(world.tokens, 20), withDocuments(world.tokens, 21)];
    const engine: Engine = { ...WASM, precision: 'fast' };
    const { reusing } = await embedBoth(await modelOf(world), few, more, { engine });
    expect(reusing.metrics).not.toHaveProperty('reused');
  });
});

it('a text has the same vector in every batch and at any number of threads', async () => {
  const world = makeWorld();
  const model = await modelOf(world);
  const texts = randomTexts(200, world.tokens.vocabulary.tokens.length);
  const width = 6;
  const encode = async (rows: readonly number[], threads: number): Promise<Float32Array> => {
    const encoder = await openEncoder(model.path, { engine: WASM, threads });
    const vectors = new Float32Array(rows.length * width);
    const batch = raggedFrom(rows.map((i) => row(texts, i)));
    Array.from(encoder.encodeAll('document', batch, vectors));
    encoder.dispose();
    return vectors;
  };
  const all = await encode([...Array(200).keys()], 2);
  const source = random(5, 'batches');
  for (let time = 0; time < 12; time++) {
    const rows = shuffle([...Array(200).keys()], source).slice(0, 1 + source.integer(80));
    const vectors = await encode(rows, 1 + (time % 4));
    for (const [at, i] of rows.entries())
      expect(vectors.subarray(at * width, (at + 1) * width)).toEqual(
        all.subarray(i * width, (i + 1) * width),
      );
  }
});
