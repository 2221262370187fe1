import { expect, test } from 'vitest';
import { cells } from '../../src/base/cells.ts';

test.each([
  ['', 0],
  ['plain text', 10],
  ['Größe é', 7],
  ['e\u0301', 1],
  ['日本', 4],
  ['한국', 4],
  ['ＡＢ', 4],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['✔ ✖', 3],
  ['❤\ufe0f', 2],
  ['a\u200bb', 2],
])('%j takes %i cells', (text, width) => {
  expect(cells(text)).toBe(width);
});
