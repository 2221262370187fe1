import { describe, expect, it } from 'vitest';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { reciprocalRankFusion } from '../../src/retrieval/fusion.ts';
import { meanVectors } from '../../src/retrieval/mean-vectors.ts';

const list = (documents: readonly number[], weight = 1): { documents: Uint32Array; weight: number } => ({
  documents: Uint32Array.from(documents),
  weight,
});

describe('reciprocal rank fusion', () => {
  it('adds 1 / (k + rank) over the lists that hold a document', () => {
    const { documents, scores } = reciprocalRankFusion([list([5, 7]), list([7, 9])], 60, 10);
    expect([...documents]).toEqual([7, 5, 9]);
    expect([...scores]).toEqual([1 / 62 + 1 / 61, 1 / 61, 1 / 62]);
  });

  it('weighs lists, orders ties by doc_id, and keeps to the depth', () => {
    expect([...reciprocalRankFusion([list([9], 1), list([3], 2)], 60, 10).documents]).toEqual([3, 9]);
    expect([...reciprocalRankFusion([list([9]), list([3]), list([4])], 60, 2).documents]).toEqual([3, 4]);
    expect(reciprocalRankFusion([list([]), list([])], 60, 10).documents).toHaveLength(0);
  });
});

describe('mean vectors', () => {
  const vectors = {
    rows: 4,
    dimensions: 2,
    data: Float32Array.of(9, 9, 8, 8, 1, 0, 0, 4),
    known: Uint8Array.of(0, 0, 1, 1),
  };

  it('average the words that models know, each as often as it occurs', () => {
    const { rows, columns, data } = meanVectors(raggedFrom([[2, 2, 3, 3], [2, 0, 1, 77], [1], []]), vectors);
    expect([rows, columns]).toEqual([4, 2]);
    expect([...data]).toEqual([0.5, 2, 1, 0, 0, 0, 0, 0]);
  });

  it('count words by their weights, where there are any', () => {
    const { data } = meanVectors(raggedFrom([[2, 3]]), vectors, Float64Array.of(9, 9, 3, 1));
    expect([...data]).toEqual([0.75, 1]);
  });
});
