import * as usearch from 'usearch';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import type { Matrix } from '../../src/formats/npy.ts';
import { createByteScan, type Usearch } from '../../src/retrieval/byte-scan.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';

const [DOCUMENTS, DIMENSIONS] = [400, 32];

/** Vectors of very different lengths, one of them zero, and one with a single large value. */
function vectors(seed: number, rows: number): Matrix {
  const numbers = random(seed, 'byte scan');
  const data = Float32Array.from({ length: rows * DIMENSIONS }, (_, i) => {
    const row = Math.floor(i / DIMENSIONS);
    return row === 3 ? 0 : numbers.normal() * (1 + (row % 9));
  });
  data[DIMENSIONS] = 300;
  return { rows, columns: DIMENSIONS, data };
}

const rowOf = ({ columns, data }: Matrix, row: number): Float32Array =>
  data.slice(row * columns, (row + 1) * columns);

describe.each(['cosine', 'dot'] as const)('proposals by %s', (similarity) => {
  const documents = vectors(1, DOCUMENTS);
  const queries = vectors(2, 30);
  const exact = createExactSearch(documents, similarity);
  const scan = createByteScan(documents, similarity, usearch)!;

  it('bound the exact scores of all documents that are not proposed', () => {
    const asked = Array.from({ length: queries.rows }, (_, row) => rowOf(queries, row));
    for (const count of [2, 20, 399])
      for (const [row, { documents: proposed, others }] of scan.propose(asked, count).entries()) {
        expect(new Set(proposed).size).toBe(count);
        if (row === 3) continue;
        const rest = Uint32Array.from({ length: DOCUMENTS }, (_, i) => i).filter(
          (i) => !proposed.includes(i),
        );
        expect(Math.max(...exact.scores(queries, row, rest))).toBeLessThanOrEqual(others);
      }
  });

  it('are the same for queries together and alone', () => {
    const asked = [0, 1, 2].map((row) => rowOf(queries, row));
    expect(scan.propose(asked, 20)).toEqual(asked.flatMap((query) => scan.propose([query], 20)));
  });

  it('promise nothing for a query without a direction', () => {
    expect(scan.propose([new Float32Array(DIMENSIONS)], 20)[0]!.others).toBeNaN();
  });
});

it('separates the nearest documents from most others', () => {
  const numbers = random(5, 'even');
  const data = Float32Array.from({ length: DOCUMENTS * DIMENSIONS }, () => numbers.normal());
  const documents = { rows: DOCUMENTS, columns: DIMENSIONS, data };
  const exact = createExactSearch(documents, 'cosine');
  const query = Float32Array.from({ length: DIMENSIONS }, () => numbers.normal());
  const proposal = createByteScan(documents, 'cosine', usearch)!.propose([query], 60)[0]!;
  const asked = { rows: 1, columns: DIMENSIONS, data: query };
  const { scores } = exact.rankCandidates(asked, 0, proposal.documents);
  expect(scores.filter((score) => score > proposal.others).length).toBeGreaterThan(30);
});

it.each([1, 1_041, 2_049])(
  'bounds vectors of %i dimensions, whose products float32 may round',
  (dimensions) => {
    const numbers = random(6, 'wide');
    const documents = {
      rows: 40,
      columns: dimensions,
      data: Float32Array.from({ length: 40 * dimensions }, () => numbers.normal()),
    };
    const query = documents.data.slice(0, dimensions);
    const scan = createByteScan(documents, 'dot', usearch)!;
    const { documents: proposed, others } = scan.propose([query], 20)[0]!;
    const rest = Uint32Array.from({ length: 40 }, (_, i) => i).filter((i) => !proposed.includes(i));
    const exact = createExactSearch(documents, 'dot');
    const scores = exact.scores({ rows: 1, columns: dimensions, data: query }, 0, rest);
    expect(Math.max(...scores)).toBeLessThanOrEqual(others);
  },
);

it('is not made of documents without numbers, nor where bytes are multiplied in too small a type', () => {
  const zeros = { rows: 4, columns: 2, data: new Float32Array(8) };
  expect(createByteScan(zeros, 'cosine', usearch)).toBeUndefined();
  const saturating: Usearch = {
    ...usearch,
    exactSearch: (...asked) => {
      const found = usearch.exactSearch(...asked);
      found.distances.set(found.distances.map((distance) => Math.max(distance, 1 - 32_767)));
      return found;
    },
  };
  expect(createByteScan(vectors(1, 10), 'cosine', saturating)).toBeUndefined();
});
