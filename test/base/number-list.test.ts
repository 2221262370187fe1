import { expect, it } from 'vitest';
import { numberList } from '../../src/base/number-list.ts';

it('a list of numbers grows and keeps their order', () => {
  const list = numberList(Uint32Array);
  expect(list.values()).toEqual(new Uint32Array(0));
  for (let i = 0; i < 5000; i++) list.push(i);
  expect(list.length).toBe(5000);
  expect(list.values()).toEqual(Uint32Array.from({ length: 5000 }, (_, i) => i));
});
