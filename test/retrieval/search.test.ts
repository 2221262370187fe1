import { expect, it } from 'vitest';
import type { Similarity } from '../../src/formats/embeddings.ts';
import { searchDocuments } from '../../src/retrieval/search.ts';
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
  const place = { embeddings: embeddings.path, top: 5 };
  const exact = await searchDocuments(query, place);
  const approximate = await searchDocuments(query, { ...place, index: index.artifact.path });
  expect(exact).toHaveLength(5);
  expect(approximate[0]).toEqual(exact[0]);
  const scores = new Map(exact.map(({ doc_id, score }) => [doc_id, score]));
  const shared = approximate.filter(({ doc_id }) => scores.has(doc_id));
  expect(shared.length).toBeGreaterThanOrEqual(4);
  for (const { doc_id, score } of shared) expect(score).toBe(scores.get(doc_id));
});

it('asks for more than there is', async () => {
  const embeddings = embeddingsArtifact(randomMatrix(3, 16, 'few'), QUERIES);
  const hits = await searchDocuments(QUERIES.data.subarray(0, 16), { embeddings: embeddings.path, top: 5 });
  expect(hits).toHaveLength(3);
});
