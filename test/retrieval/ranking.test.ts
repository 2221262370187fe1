import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTopK, rank } from '../../src/retrieval/ranking.ts';

// Few distinct scores, so that ties are common.
const scores = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 200 });

it('keeps the best k in whatever order they are offered, ties by rising doc_id', () => {
  fc.assert(
    fc.property(scores, fc.integer({ min: 0, max: 50 }), fc.infiniteStream(fc.nat()), (values, k, keys) => {
      const documents = values.map((_, document) => document);
      const shuffled = documents
        .map((document) => [keys.next().value as number, document] as const)
        .sort(([a], [b]) => a - b);
      const top = createTopK(k);
      for (const [, document] of shuffled) top.offer(document, values[document]!);
      const best = [...documents].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, k);
      expect([...top.take().documents]).toEqual(best);
      expect(top.take().documents).toHaveLength(0);
    }),
  );
});

it('a score must beat the threshold once there are k', () => {
  const top = createTopK(2);
  top.offer(0, 1);
  expect(top.threshold()).toBe(-Infinity);
  top.offer(1, 3);
  expect(top.threshold()).toBe(1);
  top.offer(2, 2);
  expect(top.threshold()).toBe(2);
});

it('ranks what it is given', () => {
  expect(rank([4, 2, 9], [1, 1, 5])).toEqual({
    documents: Uint32Array.from([9, 2, 4]),
    scores: Float64Array.from([5, 1, 1]),
  });
});
