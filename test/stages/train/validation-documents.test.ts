import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { validationSize } from '../../../stages/train/budget.ts';
import { validationDocuments } from '../../../stages/train/validation-documents.ts';
import { tokensOf } from '../../retrieval/fixtures.ts';

/** Document d is about subject d mod 50; query 0 asks about subject 7, and only document 107 answers it. */
const DOCUMENTS = Array.from({ length: 500 }, (_, d) => `text about subject${d % 50} number${d}`);
const corpus = (candidates: readonly number[] = []): Tokens =>
  tokensOf(DOCUMENTS, [{ text: 'subject7', split: 'validation', relevant: { 107: 1 }, candidates }]);

const sample = (most: number, tokens = corpus(), seed = 1): number[] => [
  ...validationDocuments(tokens, [0], [107], most, seed),
];

describe('the documents of a validation', () => {
  it('are all of a corpus that is small enough', () => {
    expect(sample(500)).toHaveLength(500);
  });

  it('are otherwise the relevant ones, the best by BM25, and random ones', () => {
    const documents = sample(40);
    expect(documents).toHaveLength(40);
    expect(documents).toContain(107);
    // Ten documents have the subject, and no other shares a word with the query.
    for (const d of [7, 57, 157, 207, 257, 307, 357, 407, 457]) expect(documents).toContain(d);
    expect(documents).toEqual([...documents].sort((a, b) => a - b));
  });

  it('have the candidates as hard ones where the corpus has any', () => {
    const documents = sample(9, corpus([20, 21, 22]));
    for (const d of [20, 21, 22, 107]) expect(documents).toContain(d);
  });

  it('are half random ones at least, and others with another seed', () => {
    const hard = sample(11).filter((d) => d % 50 === 7);
    expect(hard.length).toBeGreaterThanOrEqual(6);
    expect(hard.length).toBeLessThanOrEqual(8);
    expect(sample(40)).toEqual(sample(40));
    expect(sample(40)).not.toEqual(sample(40, corpus(), 2));
  });
});

it('a validation costs at most half of the training before it, within bounds', () => {
  expect(validationSize(100)).toBe(4000);
  expect(validationSize(8000)).toBe(12_000);
  expect(validationSize(1_000_000)).toBe(20_000);
});
