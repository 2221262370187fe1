import { describe, expect, it } from 'vitest';
import { tableColumns, type Sampled } from '../../src/starter/columns.ts';

const table = (columns: Readonly<Record<string, readonly unknown[]>>): Sampled[] =>
  Object.entries(columns).map(([name, values]) => ({ name, values }));

describe('columns of a table', () => {
  it('are found by their names, whatever their case and separators', () => {
    const columns = table({
      'Question ID': ['1', '2'],
      Question: ['why bark', 'why purr'],
      Answer: ['Dogs bark.', 'Cats purr.'],
      Label: ['1', '0'],
      Split: ['train', 'test'],
      Topic: ['dogs', 'cats'],
    });
    expect(tableColumns(columns)).toEqual({
      query: 'Question',
      query_id: 'Question ID',
      document: 'Answer',
      label: 'Label',
      split: 'Split',
    });
  });

  it('are guessed by what they hold: questions end in question marks, documents are long', () => {
    const columns = table({
      a: ['Why do dogs bark?', 'Do cats purr?'],
      b: ['x', 'y'],
      c: ['Dogs bark at strangers and at the moon.', 'Cats purr when they are content.'],
    });
    expect(tableColumns(columns)).toEqual({ query: 'a', document: 'c' });
  });

  it('without questions are documents with an id and a title', () => {
    const columns = table({
      id: [1, 2],
      title: ['Dogs', 'Cats'],
      text: ['They bark at strangers.', 'They purr.'],
      year: [1990, 1991],
    });
    expect(tableColumns(columns)).toEqual({ document: 'text', title: 'title', document_id: 'id' });
  });

  it('that hold no text are none', () => {
    expect(tableColumns(table({ id: [1, 2], score: ['3', '4'] }))).toBeUndefined();
  });
});
