import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, ingest, jsonl, type Ingested } from '../fixtures.ts';

const LONG = 'what are the first signs of rabies in bats dogs and cats';

const corpus = (
  rows: readonly (readonly [split: string, query: string, document: string])[],
): Promise<Ingested> => {
  const folder = folderOf({ 'p.jsonl': jsonl(...rows.map(([part, q, d]) => ({ part, q, d }))) });
  return ingest({
    format: 'jsonl',
    pairs: { files: join(folder, 'p.jsonl'), query: 'q', document: 'd', split: 'part' },
  });
};

describe('leakage', () => {
  it('counts questions of train that a split has again, as they are or nearly so', async () => {
    const { summary, metrics, warnings } = await corpus([
      ['train', 'What is rabies?', 'a'],
      ['train', 'how long do bats live', 'b'],
      ['train', LONG, 'c'],
      ['test', 'what is RABIES', 'd'],
      ['test', 'how long live bats do', 'e'],
      ['test', `${LONG} usually`, 'f'],
      ['test', 'what is rabies in bats', 'g'],
      ['validation', 'where do bats sleep', 'h'],
    ]);
    expect(summary.leakage!['test']).toEqual({
      queries: 4,
      same_questions: 1,
      similar_questions: 2,
      relevant_documents: 4,
      shared_documents: 0,
      examples: [
        { question: 'what is RABIES', training_question: 'What is rabies?' },
        { question: 'how long live bats do', training_question: 'how long do bats live' },
        { question: `${LONG} usually`, training_question: LONG },
      ],
    });
    expect(metrics).toMatchObject({
      'leakage/same_questions_test': 1,
      'leakage/similar_questions_test': 2,
      'leakage/same_questions_validation': 0,
      'leakage/shared_documents_test': 0,
    });
    expect(warnings).toEqual([
      "1 of 4 queries of 'test' are in 'train' too, and 2 in nearly the same words: " +
        "'what is RABIES' is 'What is rabies?' there",
    ]);
  });

  it('counts shared relevant documents, and warns where hardly one is new', async () => {
    const rows = (split: string, from: number, to: number): (readonly [string, string, string])[] =>
      Array.from({ length: to - from }, (_, i) => [
        split,
        `${split} question ${from + i}`,
        `answer ${from + i}`,
      ]);
    const half = await corpus([...rows('train', 0, 30), ...rows('test', 10, 50)]);
    expect(half.metrics).toMatchObject({ 'leakage/shared_documents_test': 20 });
    expect(half.warnings).toEqual([]);
    const all = await corpus([...rows('train', 0, 30), ...rows('test', 0, 30)]);
    expect(all.warnings).toEqual([
      "30 of 30 relevant documents of 'test' are relevant to training queries too",
    ]);
  });

  it('is absent where there is nothing to compare', async () => {
    const { summary, metrics } = await corpus([['train', 'one', 'a']]);
    expect(summary.leakage).toBeUndefined();
    expect(Object.keys(metrics!).filter((name) => name.startsWith('leakage'))).toEqual([]);
  });
});
