import { describe, expect, it } from 'vitest';
import { readTriplets, writeTriplets, type Triplets } from '../../src/formats/triplets.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const PLAIN: Triplets = {
  query: Uint32Array.of(4, 5),
  positive: Uint32Array.of(1, 2),
  negatives: Uint32Array.of(3, 4, 5, 6),
  negativesPerTriplet: 2,
  source: Uint8Array.of(0, 1, 1, 0),
  sources: ['bm25', 'random'],
};

function written(triplets: Triplets): Triplets {
  const folder = temporaryFolder();
  writeTriplets(folder, triplets);
  return readTriplets(folder);
}

describe('triplets', () => {
  it('are read as they were written', () => {
    expect(written(PLAIN)).toEqual(PLAIN);
  });

  it('have the scores of their scorer, if there is one', () => {
    const scored: Triplets = {
      ...PLAIN,
      scores: {
        scorer: 'bm25',
        positive: Float32Array.of(9, 8),
        negatives: Float32Array.of(1, 2, 3, 4),
      },
    };
    expect(written(scored)).toEqual(scored);
  });
});
