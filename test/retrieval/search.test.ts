import { expect, it } from 'vitest';
import type { Similarity } from '../../src/formats/embeddings.ts';
import { openSearch } from '../../src/retrieval/search.ts';
import { stage } from '../../stages/index/kind.ts';
import { runKind } from '../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix } from './fixtures.ts';

const DOCUMENTS = randomMatrix(800, 16, 'documents');
const QUERIES = randomMatrix(3, 16, 'queries');

it.each<[Similarity, string]>([
  ['cosine', 'f32'],
  ['dot', 'f32'],
  ['euclidean', 'f16'],
  ['cosine', 'i8'],
])('the index answers with the scores of exact search (%s, %s)', async (similarity, quantization) => {
  const embeddings = embeddingsArtifact(DOCUMENTS, QUERIES, similarity);
  const index = await runKind(stage, {
    params: { quantization, expansion_search: 400 },
    inputs: { embeddings },
  });
  const query = QUERIES.data.subarray(0, 16);
  const place = { embeddings: embeddings.path };
  const exact = (await openSearch(place)).search(query, 5);
  const approximate = (await openSearch({ ...place, index: index.artifact.path })).search(query, 5);
  expect(exact.documents).toHaveLength(5);
  expect(approximate.documents[0]).toBe(exact.documents[0]);
  const scores = new Map([...exact.documents].map((document, i) => [document, exact.scores[i]]));
  const shared = [...approximate.documents.entries()].filter(([, document]) => scores.has(document));
  expect(shared.length).toBeGreaterThanOrEqual(4);
  for (const [i, document] of shared) expect(approximate.scores[i]).toBe(scores.get(document));

  const wanted = Uint32Array.of(700, exact.documents[1]!, 3);
  const [one, other] = [await openSearch(place), await openSearch({ ...place, index: index.artifact.path })];
  expect(one.scores(query, wanted)[1]).toBe(exact.scores[1]);
  expect(other.scores(query, wanted)).toEqual(one.scores(query, wanted));

  const kept = await openSearch({ ...place, index: index.artifact.path, isForMany: true });
  expect(kept.search(query, 5)).toEqual(approximate);
  expect(kept.searchAll([query, QUERIES.data.slice(16, 32)], 5)).toEqual(
    [query, QUERIES.data.slice(16, 32)].map((one) => other.search(one, 5)),
  );
});

it('gives all documents where there are fewer than asked for', async () => {
  const embeddings = embeddingsArtifact(randomMatrix(3, 16, 'few'), QUERIES);
  const index = await runKind(stage, { inputs: { embeddings } });
  for (const place of [{}, { index: index.artifact.path }]) {
    const opened = await openSearch({ embeddings: embeddings.path, ...place });
    expect(opened.search(QUERIES.data.subarray(0, 16), 500).documents).toHaveLength(3);
  }
});
