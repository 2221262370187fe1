import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEncoder } from '../../../../src/engine/model/open-encoder.ts';
import { readEmbeddingsConfig } from '../../../../src/formats/embeddings.ts';
import { readNpy, type Matrix } from '../../../../src/formats/npy.ts';
import { row } from '../../../../src/formats/ragged.ts';
import { modelIds } from '../../../../src/formats/tokens.ts';
import { createExactSearch } from '../../../../src/retrieval/exact.ts';
import { openHybridQueries } from '../../../../src/retrieval/lexical/hybrid-queries.ts';
import type { InputArtifact, JsonObject } from '../../../../src/stage.ts';
import { stage as embed } from '../../../../stages/embed/kind.ts';
import { stage as train } from '../../../../stages/train/kind.ts';
import { runKind, WASM, type KindRun } from '../../../helpers/run-kind.ts';
import { bm25Fractions, lexicalCorpus } from '../../../retrieval/lexical/fixtures.ts';
import { digestsOf, makeWorld, type World } from '../../train/fixtures.ts';

/** Test queries have words of documents, the others have not. */
const world = (): World => makeWorld({ testIds: [2, 3, 4, 3] });
const TEST_QUERY = 72;

async function trained({ inputs }: World, loss: JsonObject = { name: 'triplet' }): Promise<InputArtifact> {
  const params = { encoder: { hidden: 8, pooling: 'mean' }, embeddings: { dimensions: 5 }, loss, epochs: 1 };
  return (await runKind(train, { params, inputs })).artifact;
}

const embedded = (
  { inputs: { tokens } }: World,
  model: InputArtifact,
  lexical: JsonObject,
  threads = 1,
): Promise<KindRun> => runKind(embed, { params: { lexical }, inputs: { tokens, model }, threads });

const matrices = ({ artifact }: KindRun): { documents: Matrix; queries: Matrix } => ({
  documents: readNpy(join(artifact.path, 'documents.npy')),
  queries: readNpy(join(artifact.path, 'queries.npy')),
});

function scoresOf(run: KindRun, query: number): number[] {
  const { documents, queries } = matrices(run);
  const search = createExactSearch(documents, readEmbeddingsConfig(run.artifact.path).similarity);
  return [
    ...search.scores(
      queries,
      query,
      Uint32Array.from({ length: documents.rows }, (_, i) => i),
    ),
  ];
}

describe('embed with a lexical part', () => {
  it('gives vectors whose inner product is the cosine plus the weighted BM25 score of exact words', async () => {
    const given = world();
    const model = await trained(given);
    const plain = await embedded(given, model, { dimensions: 0 });
    // Room for a dimension for each word: the lexical score is exact.
    const dimensions = 8 * given.tokens.vocabulary.tokens.length;
    const hybrid = await embedded(given, model, { dimensions, weight: 0.7 });
    const { documents, vocabulary, queries } = given.tokens;
    const corpus = lexicalCorpus(documents, vocabulary.tokens, dimensions);
    const lexical = bm25Fractions(documents, vocabulary.tokens, row(queries, TEST_QUERY), corpus);
    const cosines = scoresOf(plain, TEST_QUERY);
    for (const [document, score] of scoresOf(hybrid, TEST_QUERY).entries())
      expect(score).toBeCloseTo(cosines[document]! + 0.7 * lexical[document]!, 4);
    expect(Math.max(...lexical)).toBeGreaterThan(0.3);
    expect(readEmbeddingsConfig(hybrid.artifact.path)).toMatchObject({
      similarity: 'dot',
      dimensions: 8 + dimensions,
      hybrid: { learned: { similarity: 'cosine', dimensions: 8 }, weight: 0.7, unit: 1 },
    });
    expect(hybrid.metrics).toEqual({
      documents: 48,
      queries: 96,
      dimensions: 8 + dimensions,
      'documents.oov': 0,
      'queries.oov': 0,
      'lexical/weight': 0.7,
    });
  });

  it('ranks by the distance of the model where that is euclidean and the weight is 0', async () => {
    const given = world();
    const model = await trained(given, { name: 'triplet', distance: 'euclidean' });
    const plain = scoresOf(await embedded(given, model, {}), TEST_QUERY);
    const hybrid = scoresOf(await embedded(given, model, { dimensions: 64, weight: 0 }), TEST_QUERY);
    // −|q − d|² + |q|²
    const shift = hybrid[0]! + plain[0]! * plain[0]!;
    for (const [document, score] of hybrid.entries())
      expect(score).toBeCloseTo(shift - plain[document]! * plain[document]!, 4);
  });

  describe('and an automatic weight', () => {
    it('says what the validation queries give, and keeps the safe weight where words do not matter', async () => {
      const given = world();
      const model = await trained(given);
      const run = await embedded(given, model, { dimensions: 64 });
      const { hybrid } = readEmbeddingsConfig(run.artifact.path);
      expect(hybrid).toMatchObject({ weight: 0.5, validation: { queries: 12, documents: 48 } });
      const { scores } = hybrid!.validation!;
      expect(new Set(scores.map((score) => score['mrr@10'])).size).toBe(1);
      expect(run.metrics).toMatchObject({
        'lexical/weight': 0.5,
        'validation/mrr@10': scores[0]!['mrr@10'],
        'validation/mrr@10_learned': scores[0]!['mrr@10'],
      });
      expect(run.headline).toMatch(
        /^144 texts · 8 \+ 64 dimensions · lexical weight 0\.5 \(validation MRR@10 0\./,
      );
    });

    it('takes the safe weight without validation queries', async () => {
      const given = world();
      const model = await trained(given);
      const run = await embedded(given, model, { dimensions: 64, validation: { split: 'none' } });
      const { hybrid } = readEmbeddingsConfig(run.artifact.path);
      expect(hybrid).toMatchObject({ weight: 0.5 });
      expect(hybrid).not.toHaveProperty('validation');
    });

    it('gives the same bytes at any number of threads', async () => {
      const given = world();
      const model = await trained(given);
      const [one, three] = [
        await embedded(given, model, { dimensions: 64 }, 1),
        await embedded(given, model, { dimensions: 64 }, 3),
      ];
      expect(digestsOf(three.artifact)).toEqual(digestsOf(one.artifact));
    });
  });

  it('encodes a question to the bit as it does the queries of the corpus', async () => {
    const given = world();
    const model = await trained(given);
    const run = await embedded(given, model, { dimensions: 64 });
    const { queries } = matrices(run);
    const ids = row(given.tokens.queries, TEST_QUERY);
    const encoder = await openEncoder(model.path, { engine: WASM, threads: 1 });
    const learned = encoder.encodeQueries([modelIds(ids, given.tokens.config, 16)]);
    encoder.dispose();
    const words = Array.from(ids, (id) => given.tokens.vocabulary.tokens[id]!);
    const { encode, knows } = openHybridQueries(run.artifact.path);
    const expected = queries.data.slice(TEST_QUERY * queries.columns, (TEST_QUERY + 1) * queries.columns);
    expect(encode(learned, words)).toEqual(expected);
    expect(encode(learned, [...words, 'unheard-of'])).toEqual(expected);
    expect([words[0]!, 'unheard-of'].map(knows)).toEqual([true, false]);
    expect(readFileSync(join(run.artifact.path, 'lexical.tsv'), 'utf8')).toMatch(/^\S+\t\d+\n/);
  });
});
