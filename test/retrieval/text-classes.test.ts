import { expect, it } from 'vitest';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';

it('texts with the same tokens in the same order are of one class, named by the first', () => {
  const texts = [[3, 4], [4, 3], [3, 4], [], [3], [], [3, 4]].map((tokens) => Uint32Array.from(tokens));
  expect([...textClassesOf(raggedFrom(texts))]).toEqual([0, 1, 0, 3, 4, 3, 0]);
});
