import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDotProducts, dotProduct, QUERIES_AT_ONCE, TILE } from '../../src/retrieval/dot-products.ts';
import { randomMatrix } from './fixtures.ts';

it('has the bits of a plain loop, for any number of queries, documents and dimensions', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: QUERIES_AT_ONCE }),
      fc.integer({ min: 1, max: TILE }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 5 }),
      (asked, count, dimensions, first) => {
        const queries = randomMatrix(asked, dimensions, 'queries').data;
        const documents = randomMatrix(first + count, dimensions, 'documents').data;
        const products = createDotProducts(dimensions);
        // What an earlier, larger batch left behind must not show.
        products.queries(randomMatrix(QUERIES_AT_ONCE, dimensions, 'earlier').data, QUERIES_AT_ONCE);
        products.tile(documents, 0, first + count <= TILE ? first + count : TILE);
        products.queries(queries, asked);
        const tile = products.tile(documents, first, count);
        for (let q = 0; q < asked; q++) {
          for (let d = 0; d < count; d++) {
            const plain = dotProduct(
              queries,
              q * dimensions,
              documents,
              (first + d) * dimensions,
              dimensions,
            );
            if (!Object.is(tile[q * TILE + d], plain)) throw new Error(`query ${q}, document ${d}`);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
  expect.assertions(0);
});
