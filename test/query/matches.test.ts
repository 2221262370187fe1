import { expect, it } from 'vitest';
import { openMatches } from '../../src/query/matches.ts';
import { createTokenizer } from '../../src/retrieval/tokenizer.ts';

const matches = openMatches(createTokenizer({ normalization: 'NFKC', lowercase: true }));
const marked = (text: string, ...words: string[]): string[] =>
  matches.in(text, new Set(words), 10).map(([start, end]) => text.slice(start, end));

it('marks words as they stand in the text, whatever their case and the punctuation around them', () => {
  expect(marked('Gout, (gout) and GOUT!', 'gout')).toEqual(['Gout', 'gout', 'GOUT']);
  expect(marked("Alzheimer's disease", 'alzheimer')).toEqual(["Alzheimer's"]);
  expect(marked('goutier', 'gout')).toEqual([]);
});

it('marks single characters where these are words', () => {
  expect(marked('痛風とは', '痛')).toEqual(['痛']);
  expect(marked('👋 مرض النقرس', 'النقرس')).toEqual(['النقرس']);
});

it('stops after as many as are wanted', () => {
  expect(matches.in('a b a b a', new Set(['a']), 2)).toHaveLength(2);
});

it('says the same of a text that it has seen before', () => {
  const text = 'gout, and more gout';
  expect([marked(text, 'gout'), marked(text, 'more'), marked(text, 'gout')]).toEqual([
    ['gout', 'gout'],
    ['more'],
    ['gout', 'gout'],
  ]);
});

it('says the same of a text that it has forgotten meanwhile', () => {
  const few = openMatches(createTokenizer({ normalization: 'NFKC', lowercase: true }), 20);
  const words = new Set(['gout']);
  const texts = ['gout, more gout', 'other words', 'no more gout'];
  const all = (): unknown => texts.map((text) => few.in(text, words, 10));
  expect(all()).toEqual(all());
  expect(all()).toEqual(texts.map((text) => matches.in(text, words, 10)));
});
