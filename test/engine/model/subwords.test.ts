import { describe, expect, it } from 'vitest';
import { compositionOf, subwordTable } from '../../../src/engine/model/subword-table.ts';
import { plainComposedRows } from '../../../src/engine/backends/plain-composed-rows.ts';
import { createPlainTable } from '../../../src/engine/backends/plain-table.ts';
import { ngramsOf, subwordBuckets } from '../../../src/engine/model/subwords.ts';
import { raggedFrom, row } from '../../../src/formats/ragged.ts';

const PARAMS = { min_n: 3, max_n: 4, buckets: 1000 };

describe('character n-grams', () => {
  it('are those of the word between < and >, by code points, without the whole', () => {
    expect(ngramsOf('cat', PARAMS)).toEqual(['<ca', '<cat', 'cat', 'cat>', 'at>']);
    expect(ngramsOf('a', PARAMS)).toEqual([]);
    expect(ngramsOf('a😀', { min_n: 3, max_n: 3, buckets: 1 })).toEqual(['<a😀', 'a😀>']);
  });

  it('land in the same buckets wherever they occur; special tokens have none', () => {
    const buckets = subwordBuckets(['<pad>', '<unk>', 'cats', 'cat'], PARAMS);
    expect([row(buckets, 0).length, row(buckets, 1).length]).toEqual([0, 0]);
    const shared = [...row(buckets, 2)].filter((bucket) => row(buckets, 3).includes(bucket));
    // <ca <cat cat
    expect(shared.length).toBe(3);
    expect([...row(buckets, 2)].every((bucket) => bucket < 1000)).toBe(true);
  });
});

describe('embeddings with subwords', () => {
  // Words 0 to 2 have rows of their own, word 3 has not. Buckets 0 and 1 are parameter rows 3 and 4.
  const subwords = { buckets: raggedFrom([[], [], [0], [0, 1, 1, 1]]), bucketCount: 2, words: 3 };
  const rows = createPlainTable(4, 1);
  const parameters = createPlainTable(3 + 2, 1);
  const composed = plainComposedRows(rows, parameters, compositionOf(subwords));
  const table = subwordTable(rows, parameters, composed);

  it('add the mean of the n-grams to the row of the word, or of the unknown word', () => {
    table.parameters.write(Float32Array.of(0, 10, 20, 4, 8));
    table.forTexts(raggedFrom([[2, 3], [1]]));
    expect([...rows.read()]).toEqual([0, 10, 20 + 4, 10 + (4 + 8 + 8 + 8) / 4]);
  });

  it('pass gradients on in the same parts', () => {
    rows.gather(Uint32Array.of(2, 3), Float32Array.of(1, 4));
    // Rows: unknown 4, word 2: 1, bucket 0: 1 + 4/4, bucket 1: 3 · 4/4.
    expect(table.parameters.gradientSquares()).toBe(4 ** 2 + 1 + 2 ** 2 + 3 ** 2);
    const before = table.parameters.read();
    const step = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0, scale: 1, step: 1 };
    table.parameters.step(step);
    // Adam without memory goes one learning rate down.
    expect([...table.parameters.read()]).toEqual([before[0]!, 9, 19, 3, 7]);
    expect(table.parameters.gradientSquares()).toBe(0);
  });
});
