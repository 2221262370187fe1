import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCorpusScan } from '../../src/engine/kernels/search/corpus-scan.ts';
import type { SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { createBm25 } from '../../src/retrieval/bm25.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { openSearchThreads } from '../../src/retrieval/search-threads.ts';
import { randomMatrix } from './fixtures.ts';
import { bm25IsTheSame, exactSearchIsTheSame, searchKernels } from './kernels.ts';

const ALL = Array.from({ length: 40 }, (_, i) => i);

describe.each([1, 2, 3])('the search kernels on %i threads', (threads) => {
  let kernels: SearchKernels;
  beforeAll(async () => {
    kernels = await searchKernels('wasm', threads);
  });
  afterAll(() => {
    kernels.dispose();
  });

  it('find the same documents with the same scores as a search without them, for any vectors', () => {
    exactSearchIsTheSame(kernels, 15);
  });

  it('find the same documents by BM25 as a search without them, for any texts', () => {
    bm25IsTheSame(kernels, 15);
  });

  it('stay exact where all documents are equal, so that no bound leaves one out', () => {
    const documents = { rows: 1500, columns: 3, data: new Float32Array(4500).fill(0.1) };
    const queries = randomMatrix(40, 3, 'queries');
    for (const { documents: found } of createExactSearch(documents, 'cosine', kernels).search(
      queries,
      ALL,
      5,
    ))
      expect([...found]).toEqual([0, 1, 2, 3, 4]);
  });

  it('search more documents by BM25 than are added up at once', () => {
    const texts = raggedFrom(Array.from({ length: 40_000 }, (_, i) => [2 + (i % 3), 5 + (i % 7)]));
    const queries = ALL.map((i) => Uint32Array.of(2 + (i % 3), 5 + (i % 7), 2, i));
    const plain = createBm25(texts, 12, { k1: 0.9, b: 0.4 });
    const found = createBm25(texts, 12, { k1: 0.9, b: 0.4 }, kernels).searchAll(queries, 2000);
    expect([...found]).toEqual(queries.map((query) => plain.search(query, 2000)));
  });
});

it.each(['cosine', 'dot', 'euclidean'] as const)(
  'a corpus searched slab by slab gives the same by %s',
  async (similarity) => {
    const kernels = await searchKernels('wasm', 2);
    const documents = randomMatrix(900, 10, 'documents');
    const queries = randomMatrix(40, 10, 'queries');
    const squares = ({ data }: typeof documents): Float64Array =>
      Float64Array.from({ length: data.length / 10 }, (_, row) =>
        data.subarray(row * 10, row * 10 + 10).reduce((sum, value) => sum + value * value, 0),
      );
    const options = [0, 64 * 250] as const;
    const scan = createCorpusScan(kernels, documents, squares(documents), similarity, ...options);
    for (const k of [1, 30, 400, 900]) {
      const found = [
        ...scan.search(queries.data, squares(queries), k),
        ...scan.search(queries.data, squares(queries), k),
      ];
      const expected = [...createExactSearch(documents, similarity).search(queries, ALL, k)];
      expect(found).toEqual([...expected, ...expected]);
    }
    kernels.dispose();
  },
);

it('threads are started only where there is enough to search', async () => {
  expect(await openSearchThreads(2, [{ queries: 500, documents: 1000, dimensions: 64 }])).toBeUndefined();
  const kernels = await openSearchThreads(2, [
    { queries: 500, documents: 1000, dimensions: 64 },
    { queries: 5000, documents: 16_000 },
  ]);
  expect(kernels?.pool.threads).toBe(2);
  kernels?.dispose();
});
