import { expect, it } from 'vitest';
import { cut, fit } from '../../../src/cli/render/cut.ts';

it('a text that fits stays as it is', () => {
  expect(cut('corpus', 6)).toBe('corpus');
});

it('a cut text ends with an ellipsis and has at most so many cells: wide characters count twice', () => {
  expect(cut('tokenized', 6)).toBe('token…');
  expect(cut('日本語', 4)).toBe('日…');
  expect(cut('日本語', 5)).toBe('日本…');
  expect(cut('anything', 0)).toBe('');
});

it('emoji of several characters are kept or left out as a whole', () => {
  expect(cut('👩‍🔬👩‍🔬👩‍🔬', 5)).toBe('👩‍🔬👩‍🔬…');
});

it('colours take no cells, and end where the text is cut', () => {
  expect(cut('\u001b[31mred\u001b[39m', 3)).toBe('\u001b[31mred\u001b[39m');
  expect(cut('\u001b[31mcrimson\u001b[39m', 4)).toBe('\u001b[31mcri…\u001b[0m');
});

it('fit fills with spaces', () => {
  expect(fit('日本', 6)).toBe('日本  ');
});
