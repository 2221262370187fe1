/** Search kernels for tests, of any program on any number of threads, and what must hold of all of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { findProgram } from '../../src/engine/kernels/choose-program.ts';
import { SEARCH_KERNEL, type SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import { createHeap } from '../../src/engine/kernels/threads/heap.ts';
import { createThreadPool } from '../../src/engine/kernels/threads/thread-pool.ts';
import type { Similarity } from '../../src/formats/embeddings.ts';
import type { Matrix } from '../../src/formats/npy.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { createBm25 } from '../../src/retrieval/bm25.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { randomMatrix } from './fixtures.ts';

/** `program`: as PIPELINE_KERNELS. */
export async function searchKernels(program: string, threads: number): Promise<SearchKernels> {
  const choice = await findProgram(SEARCH_KERNEL, program);
  const heap = createHeap();
  const pool = await createThreadPool(heap, choice.program, threads);
  return {
    heap,
    pool,
    program: choice.name,
    dispose: () => {
      pool.dispose();
    },
  };
}

/** Values whose products in float overflow, vanish or are exact, and such that are all but equal. */
const EXTREMES = [0, -0, 1, -1, 1e-45, -1e-40, 1e-20, 3e38, -3.4e38, 1e15, 1 + 2 ** -23, 1 - 2 ** -24];

interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** Rows are drawn from as many, so that there are ties. */
  readonly distinct: number;
  readonly extremes: readonly number[];
}

function vectors({ rows, columns, distinct, extremes }: Shape, name: string): Matrix {
  const { data } = randomMatrix(rows, columns, name);
  for (const [i, value] of extremes.entries()) data[(i * 7919) % data.length] = value;
  for (let row = distinct; row < rows; row++)
    data.copyWithin(row * columns, (row % distinct) * columns, ((row % distinct) + 1) * columns);
  return { rows, columns, data };
}

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 700 }),
  columns: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(130)),
  distinct: fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 9 })),
  extremes: fc.array(fc.constantFrom(...EXTREMES), { maxLength: 400 }),
});

const SIMILARITIES: readonly Similarity[] = ['cosine', 'dot', 'euclidean'];

/** Exact search by these kernels gives what it gives on one thread without them, to the bit. */
export function exactSearchIsTheSame(kernels: SearchKernels, runs: number): void {
  const asked = fc.record({ queries: fc.integer({ min: 16, max: 90 }), k: fc.integer({ min: 0, max: 800 }) });
  fc.assert(
    fc.property(
      shapes,
      asked,
      fc.constantFrom(...SIMILARITIES),
      (shape, { queries: rows, k }, similarity) => {
        const documents = vectors(shape, 'documents');
        const queries = vectors({ ...shape, rows }, 'queries');
        const ids = Array.from({ length: rows }, (_, i) => (i * 5) % rows);
        const found = [...createExactSearch(documents, similarity, kernels).search(queries, ids, k)];
        const expected = [...createExactSearch(documents, similarity).search(queries, ids, k)];
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: runs },
  );
}

/** BM25 by these kernels gives what it gives query by query without them, to the bit. */
export function bm25IsTheSame(kernels: SearchKernels, runs: number): void {
  const token = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 60 }));
  const text = fc.array(token, { maxLength: 30 });
  const documents = fc.array(text, { maxLength: 200 });
  const queries = fc.array(fc.oneof(text, fc.constant([3, 99, 3, 0])), { minLength: 16, maxLength: 40 });
  fc.assert(
    fc.property(documents, queries, fc.integer({ min: 0, max: 250 }), (texts, asked, k) => {
      const words = asked.map((query) => Uint32Array.from(query));
      const corpus = raggedFrom(texts);
      const parameters = { k1: 0.9, b: 0.4 };
      const found = [...createBm25(corpus, 61, parameters, kernels).searchAll(words, k)];
      const plain = createBm25(corpus, 61, parameters);
      expect(found).toEqual(words.map((query) => plain.search(query, k)));
    }),
    { numRuns: runs },
  );
}
