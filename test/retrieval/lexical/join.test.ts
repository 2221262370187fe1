import { describe, expect, it } from 'vitest';
import type { HybridConfig, Similarity } from '../../../src/formats/embeddings.ts';
import { factorsOf, hybridEmbeddings, joined } from '../../../src/retrieval/lexical/join.ts';
import { randomMatrix } from '../fixtures.ts';
import { dot } from './fixtures.ts';

const LEXICAL = { dimensions: 4, seed: 1, k1: 0.9, b: 0.4, documents: 5, average_length: 3 };

function hybridOf(similarity: Similarity): HybridConfig {
  const learned = { similarity, dimensions: 3 };
  return { learned, lexical: LEXICAL, weight: 0.5, unit: 2, ...factorsOf(0.5, 2, 7) };
}

describe('hybrid vectors', () => {
  const parts = {
    queries: randomMatrix(2, 3, 'queries'),
    documents: randomMatrix(5, 3, 'documents'),
    lexicalQueries: randomMatrix(2, 4, 'lexical queries'),
    lexicalDocuments: randomMatrix(5, 4, 'lexical documents'),
  };
  const row = ({ data, columns }: { data: Float32Array; columns: number }, i: number): Float32Array =>
    data.subarray(i * columns, (i + 1) * columns);

  it.each(['cosine', 'dot', 'euclidean'] as const)(
    'have the learned score plus weight · unit · lexical score as their inner product (%s)',
    (similarity) => {
      const hybrid = hybridOf(similarity);
      const queries = joined('query', parts.queries, parts.lexicalQueries, hybrid);
      const documents = joined('document', parts.documents, parts.lexicalDocuments, hybrid);
      for (let q = 0; q < 2; q++)
        for (let d = 0; d < 5; d++) {
          const [x, y] = [row(parts.queries, q), row(parts.documents, d)];
          const distance = x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0);
          const learned = similarity === 'euclidean' ? dot(x, x) - distance : dot(x, y);
          const lexical = dot(row(parts.lexicalQueries, q), row(parts.lexicalDocuments, d));
          expect(dot(row(queries, q), row(documents, d))).toBeCloseTo(learned + 0.5 * 2 * lexical, 5);
        }
      const config = hybridEmbeddings(hybrid, { documents: 5, queries: 2 });
      expect(config).toMatchObject({ similarity: 'dot', dimensions: queries.columns });
      expect(queries.columns).toBe(similarity === 'euclidean' ? 8 : 7);
    },
  );

  it('give the lexical parts of documents a root mean square length of the square root of the weight', () => {
    const { document_factor, query_factor } = factorsOf(0.25, 1, 8);
    expect(document_factor * 8).toBe(0.5);
    expect(query_factor * document_factor).toBe(0.25);
  });

  it('leave the learned score alone if the weight is 0 or no document has a word', () => {
    expect(factorsOf(0, 1, 8)).toEqual({ query_factor: 0, document_factor: 0 });
    expect(factorsOf(1, 1, 0)).toEqual({ query_factor: 1, document_factor: 1 });
  });
});
