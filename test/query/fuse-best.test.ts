import { expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import type { Fusion } from '../../src/formats/fusion.ts';
import { firstDepth, fuseBest, type Lists } from '../../src/query/fuse-best.ts';
import { UNTUNED } from '../../src/query/fusion.ts';
import { fuse, type Retrieved } from '../../src/retrieval/fusion.ts';
import { rank } from '../../src/retrieval/ranking.ts';

const DOCUMENTS = 2_000;

/** A retriever that has these scores; like BM25, it lists no document without a score. */
function retriever(scores: Float64Array): (depth: number) => Retrieved {
  const listed = [...scores.keys()].filter((document) => scores[document] !== 0);
  const all = rank(
    listed,
    listed.map((document) => scores[document]!),
  );
  return (depth) => ({
    ranking: { documents: all.documents.slice(0, depth), scores: all.scores.slice(0, depth) },
    scores: (documents) => Float64Array.from(documents, (document) => scores[document]!),
  });
}

/** `agreement`: how much BM25 follows the model. Rounded scores are often equal. */
function lists(seed: number, agreement: number, withWords: number): Lists {
  const numbers = random(seed, 'fuse best');
  const model = Float64Array.from({ length: DOCUMENTS }, () => Math.round(50 * numbers.normal()) / 50);
  const bm25 = model.map((score) =>
    numbers.uniform() < withWords
      ? Math.max(0, agreement * score + (1 - agreement) * Math.abs(numbers.normal()))
      : 0,
  );
  return { model: retriever(model), bm25: retriever(bm25) };
}

const CONVEX = [0.02, 0.4, 0.97].map((weight): Fusion => ({ method: 'convex', weight }));
const OTHERS: Fusion[] = [
  { method: 'convex', weight: 0 },
  { method: 'convex', weight: 1 },
  { method: 'rrf', weight: 0.5, k: 60 },
];

it.each([...CONVEX, ...OTHERS])('gives what fusing the whole lists gives: $method, $weight', (fusion) => {
  const how = { ...UNTUNED, fusion };
  for (const agreement of [0, 0.5, 1])
    for (const withWords of [0, 0.01, 0.5, 1])
      for (const top of [1, 10, 100, 1_500]) {
        const both = lists(7, agreement, withWords);
        const deep = Math.max(top, how.depth);
        const whole = fuse({ model: both.model(deep), bm25: both.bm25(deep) }, fusion, top);
        expect(fuseBest(both, how, top, firstDepth(how, top, true))).toEqual(whole);
      }
});

it('asks for short lists where they settle it', () => {
  const both = lists(3, 0.9, 1);
  const asked: number[] = [];
  const noting = { ...both, model: (depth: number) => (asked.push(depth), both.model(depth)) };
  const how = { ...UNTUNED, fusion: { method: 'convex', weight: 0.5 } as const };
  fuseBest(noting, how, 10, firstDepth(how, 10, true));
  expect(Math.max(...asked)).toBeLessThan(how.depth);
});

it('begins with whole lists where an index proposes documents, since its longer lists may begin otherwise', () => {
  expect(firstDepth(UNTUNED, 10, false)).toBe(UNTUNED.depth);
});
