import { expect, test } from 'vitest';
import { UNKNOWN } from '../../src/formats/tokens.ts';
import { notesOn } from '../../src/query/notes.ts';
import { modelQuestion } from '../../src/query/question.ts';

const vocabulary = new Map([
  ['fever', 2],
  ['asthma', 3],
  ['rare', 4],
]);

test('words without a row are unknown to a model without n-grams', () => {
  const known = { vocabulary, rows: 4, maximum: 8, knowsNgrams: false };
  expect(modelQuestion(['fever', 'rare', 'gout'], known)).toEqual({
    ids: Uint32Array.of(2, UNKNOWN, UNKNOWN),
    named: [],
    unknown: ['rare', 'gout'],
  });
});

test('with n-grams, each gets an id of its own behind the rows, the same at each occurrence', () => {
  const known = { vocabulary, rows: 5, maximum: 4, knowsNgrams: true };
  expect(modelQuestion(['gout', 'rare', 'zinc', 'gout', 'cut'], known)).toEqual({
    ids: Uint32Array.of(5, 4, 6, 5),
    named: ['gout', 'zinc'],
    unknown: ['gout', 'zinc'],
  });
});

test('notes say what the model does not know, what it does not read, and who answers instead', () => {
  const words = ['gout', 'fever', 'fever'];
  const question = { ids: Uint32Array.of(1), named: [], unknown: ['gout'] };
  const base = { words, question, maximum: 2, knowsNgrams: false, isReplaced: false };
  expect(notesOn(base)).toEqual([
    "The model does not know 'gout'.",
    'The model reads the first 2 of 3 words.',
  ]);
  expect(notesOn({ ...base, isReplaced: true }).at(-1)).toBe(
    'It knows no word of the question, so BM25 answers alone.',
  );
});
