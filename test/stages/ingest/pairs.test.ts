import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { folderOf, ingest, jsonl, type Ingested } from './fixtures.ts';

describe('csv', () => {
  const pairs = (content: string, more: JsonObject = {}): Promise<Ingested> => {
    const folder = folderOf({ 'pairs.csv': content });
    return ingest({
      format: 'csv',
      pairs: { files: join(folder, 'pairs.csv'), query: 'q', document: 'd' },
      ...more,
    });
  };

  it('may have line breaks, quotes and commas inside quotes', async () => {
    const { documents, queries } = await pairs('q,d\n"a, b","two\nlines ""quoted"""\n');
    expect(queries[0]![2]).toBe('a, b');
    expect(documents[0]![1]).toBe('two\nlines "quoted"');
  });

  it('numbers rows correctly between malformed rows', async () => {
    const content = [
      'q,d',
      'ok,"two\nlines"', // 1
      'short', // 2
      ',missing', // 3
      'a,b,c', // 4
      'also short', // 5
      'ok too,', // 6
      'fine,fine', // 7
    ].join('\n');
    const failure = pairs(content);
    await expect(failure).rejects.toThrow('pairs.csv row 2, 5: too few columns');
    await expect(failure).rejects.toThrow('pairs.csv row 4: too many columns');
    await expect(failure).rejects.toThrow('pairs.csv row 3: query missing or empty');
    await expect(failure).rejects.toThrow('pairs.csv row 6: document text missing or empty');
    const { queries, summary } = await pairs(content, { on_error: 'skip' });
    expect(queries.map(([, , text]) => text)).toEqual(['ok', 'fine']);
    expect(summary.rejects).toEqual({
      'too few columns': 2,
      'document text missing or empty': 1,
      'query missing or empty': 1,
      'too many columns': 1,
    });
  });

  it('with stray quotes or invalid UTF-8 is an error', async () => {
    await expect(pairs('q,d\n"a" b,c\nd,e\n')).rejects.toThrow('pairs.csv row 1: stray quote');
    const folder = folderOf({ 'p.csv': Buffer.from('q,d\na,b\n\xff,c\n', 'latin1') });
    await expect(
      ingest({ format: 'csv', pairs: { files: join(folder, 'p.csv'), query: 'q', document: 'd' } }),
    ).rejects.toThrow('p.csv row 2: not UTF-8');
  });

  it('that is empty, has only a header or a column twice is an error', async () => {
    await expect(pairs('')).rejects.toThrow('pairs.csv is empty');
    await expect(pairs('q,d\n')).rejects.toThrow('the data contains no queries');
    await expect(pairs('q,d,q\n1,2,3\n')).rejects.toThrow("pairs.csv has two columns 'q'");
  });

  it('that mixes line breaks is an error', async () => {
    await expect(pairs('q,d\r\na,b\nc,d\r\n')).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('cannot read pairs.csv') as string,
    });
  });
});

describe('tsv', () => {
  it('has no quoting, and any line break', async () => {
    const folder = folderOf({ 'p.tsv': 'q\td\r\nsay "a\t"b\r\nc\td"\n' });
    const { queries, documents } = await ingest({
      format: 'tsv',
      pairs: { files: join(folder, 'p.tsv'), query: 'q', document: 'd' },
    });
    expect(queries.map(([, , text]) => text)).toEqual(['say "a', 'c']);
    expect(documents.map(([, text]) => text)).toEqual(['"b', 'd"']);
  });
});

describe('pairs', () => {
  const PAIRS = [
    { q: 'what', d: 'first', label: 1, part: 'train' },
    { q: 'what', d: 'second', label: 0, part: 'train' },
    { q: 'why', d: 'first', label: 1, part: 'test' },
    { q: 'what', d: 'second', label: 2, part: 'test' },
    { q: 'why', d: 'first', label: 3, part: 'test' },
  ];

  it('join rows with the same query in a split; their documents are its candidates', async () => {
    const folder = folderOf({ 'p.jsonl': jsonl(...PAIRS) });
    const corpus = await ingest({
      format: 'jsonl',
      pairs: { files: join(folder, 'p.jsonl'), query: 'q', document: 'd', label: 'label', split: 'part' },
    });
    expect(corpus).toMatchObject({
      documents: [
        ['0', 'first'],
        ['1', 'second'],
      ],
      queries: [
        ['train', '0', 'what', null],
        ['test', '1', 'why', null],
        ['test', '2', 'what', null],
      ],
      qrels: [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 3],
        [2, 1, 2],
      ],
      candidates: { 0: [0, 1], 1: [0], 2: [1] },
    });
  });

  it('reject an id that occurs again with a different text', async () => {
    const folder = folderOf({
      'p.jsonl': jsonl(
        { i: 1, q: 'a', d: 'x', k: 'd1' },
        { i: 1, q: 'b', d: 'y', k: 'd2' },
        { i: 2, q: 'c', d: 'z', k: 'd1' },
      ),
    });
    const failure = ingest({
      format: 'jsonl',
      pairs: { files: join(folder, 'p.jsonl'), query: 'q', document: 'd', query_id: 'i', document_id: 'k' },
    });
    await expect(failure).rejects.toThrow('p.jsonl line 2: query id repeated with a different text');
    await expect(failure).rejects.toThrow('p.jsonl line 3: document id repeated with a different text');
  });

  it('need files or splits, not both', async () => {
    const folder = folderOf({ 'p.jsonl': jsonl(...PAIRS) });
    const files = join(folder, 'p.jsonl');
    for (const more of [{}, { files, splits: { train: files } }])
      await expect(
        ingest({ format: 'jsonl', pairs: { ...more, query: 'q', document: 'd' } }),
      ).rejects.toThrow("pairs needs either 'files' or 'splits'");
  });
});
