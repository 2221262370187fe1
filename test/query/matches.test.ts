import { expect, it } from 'vitest';
import { matchesIn } from '../../src/query/matches.ts';
import { createTokenizer } from '../../src/retrieval/tokenizer.ts';

const tokenizer = createTokenizer({ normalization: 'NFKC', lowercase: true });
const marked = (text: string, ...words: string[]): string[] =>
  matchesIn(text, new Set(words), tokenizer, 10).map(([start, end]) => text.slice(start, end));

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
  expect(matchesIn('a b a b a', new Set(['a']), tokenizer, 2)).toHaveLength(2);
});
