import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { digestOf, folderOf, ingest, jsonl, parquet } from './fixtures.ts';

const row = (id: unknown, query: unknown, passages: readonly (readonly [string, number])[]): object => ({
  query_id: id,
  query,
  query_type: 'DESCRIPTION',
  answers: ['ignored'],
  passages: {
    is_selected: passages.map(([, selected]) => selected),
    passage_text: passages.map(([text]) => text),
    url: passages.map(() => 'http://example.com'),
  },
});

const FEVER = row(7, 'what is a fever', [
  ['A fever is a raised temperature.', 1],
  ['Zebras have stripes.', 0],
]);
const ZEBRA = row(3, 'why stripes', [
  ['Zebras have stripes.', 1],
  ['Flies avoid stripes.', 1],
]);
const UNANSWERED = row(9, 'what is love', [['Zebras have stripes.', 0]]);

const EXPECTED = {
  documents: [
    ['0', 'A fever is a raised temperature.'],
    ['1', 'Zebras have stripes.'],
    ['2', 'Flies avoid stripes.'],
  ],
  queries: [
    ['train', '7', 'what is a fever', 'DESCRIPTION'],
    ['train', '9', 'what is love', 'DESCRIPTION'],
    ['test', '3', 'why stripes', 'DESCRIPTION'],
  ],
  qrels: [
    [0, 0, 1],
    [2, 1, 1],
    [2, 2, 1],
  ],
  candidates: { 0: [0, 1], 1: [1], 2: [1, 2] },
};

const splitsIn = (folder: string, train: string, test: string): JsonObject => ({
  format: 'msmarco',
  splits: { train: join(folder, train), test: join(folder, test) },
});

describe('format: msmarco', () => {
  it('makes each distinct passage a document and a candidate, and each selected one relevant', async () => {
    const folder = folderOf({ 'train.jsonl': jsonl(FEVER, UNANSWERED), 'test.jsonl': jsonl(ZEBRA) });
    const corpus = await ingest(splitsIn(folder, 'train.jsonl', 'test.jsonl'));
    expect(corpus).toMatchObject(EXPECTED);
    expect(corpus.summary).toEqual({
      format: 'msmarco',
      counts: { documents: 3, queries: 3, qrels: 3, candidates: 5 },
      splits: [
        { name: 'train', queries: 2, unanswered: 1, qrels: 1, candidates: 3 },
        { name: 'test', queries: 1, unanswered: 0, qrels: 2, candidates: 2 },
      ],
      duplicates: { documents: 2, qrels: 0, candidates: 0 },
      leakage: {
        test: {
          queries: 1,
          same_questions: 0,
          similar_questions: 0,
          relevant_documents: 2,
          shared_documents: 0,
          examples: [],
        },
      },
      rejects: {},
      sources: [],
    });
    expect(corpus.headline).toBe('3 documents · 3 queries');
    expect(corpus.metrics).toMatchObject({ documents: 3, queries_train: 2, unanswered: 1, rejected: 0 });
  });

  it('gives the same corpus from JSON Lines, gzipped, with CRLF and a byte order mark, and split over files', async () => {
    const [train, test] = [jsonl(FEVER, UNANSWERED), jsonl(ZEBRA)];
    const folder = folderOf({
      'a.jsonl': train,
      'a.ndjson.gz': train,
      'a.json': `\ufeff${train.replaceAll('\n', '\r\n')}\r\n\n`,
      'parts/2.jsonl': jsonl(UNANSWERED),
      'parts/1.jsonl': jsonl(FEVER),
      't.jsonl': test,
      't.jsonl.gz': test,
    });
    const plain = await ingest(splitsIn(folder, 'a.jsonl', 't.jsonl'));
    for (const [a, t] of [
      ['a.ndjson.gz', 't.jsonl.gz'],
      ['a.json', 't.jsonl'],
      ['parts/*.jsonl', 't.jsonl'],
    ] as const) {
      const other = await ingest(splitsIn(folder, a, t));
      expect(other).toMatchObject(EXPECTED);
      expect(digestOf(other)).toBe(digestOf(plain));
    }
  });

  it.each([
    ['v1.1: a struct of lists, 32-bit flags and ids', '7::INTEGER', 'INTEGER'],
    ['v2.1: the same with 64-bit ids', '7::BIGINT', 'INTEGER'],
    ['64-bit flags and text ids', "'7'", 'BIGINT'],
  ])('reads Parquet: %s', async (_, id, flag) => {
    const folder = folderOf({});
    const select = (key: string, query: string, selected: string, texts: string): string =>
      `SELECT ['ignored'] AS answers, {is_selected: ${selected}::${flag}[], passage_text: ${texts}, url: ['']} AS passages,
              '${query}' AS query, ${id.replace('7', key)} AS query_id, 'DESCRIPTION' AS query_type`;
    await parquet(
      join(folder, 'train.parquet'),
      `${select('7', 'what is a fever', '[1, 0]', "['A fever is a raised temperature.', 'Zebras have stripes.']")}
       UNION ALL ${select('9', 'what is love', '[0]', "['Zebras have stripes.']")}`,
    );
    await parquet(
      join(folder, 'test.parquet'),
      select('3', 'why stripes', '[1, 1]', "['Zebras have stripes.', 'Flies avoid stripes.']"),
    );
    expect(await ingest(splitsIn(folder, 'train.parquet', 'test.parquet'))).toMatchObject(EXPECTED);
  });

  it('also reads passages as a list of objects, the older format', async () => {
    const passages = [
      { is_selected: 1, passage_text: 'Zebras have stripes.', url: '' },
      { is_selected: 0, passage_text: 'Flies avoid stripes.', url: '' },
    ];
    const folder = folderOf({ 'a.jsonl': jsonl({ query_id: 3, query: 'why', passages }) });
    await parquet(
      join(folder, 'a.parquet'),
      `SELECT 3 AS query_id, 'why' AS query, [{is_selected: 1, passage_text: 'Zebras have stripes.'},
       {is_selected: 0, passage_text: 'Flies avoid stripes.'}] AS passages`,
    );
    for (const file of ['a.jsonl', 'a.parquet']) {
      expect(await ingest({ format: 'msmarco', splits: { train: join(folder, file) } })).toMatchObject({
        queries: [['train', '3', 'why', null]],
        qrels: [[0, 0, 1]],
        candidates: { 0: [0, 1] },
      });
    }
  });

  it('makes passages without a label, as in the test split of v2.1, candidates that are not relevant', async () => {
    const unlabelled = [{ passage_text: 'Zebras have stripes.' }];
    const folder = folderOf({
      'a.jsonl': jsonl(row(1, 'why', [['Zebras have stripes.', -1]])),
      'b.jsonl': jsonl({ query_id: 1, query: 'why', query_type: 'DESCRIPTION', passages: unlabelled }),
    });
    for (const file of ['a.jsonl', 'b.jsonl']) {
      const corpus = await ingest({ format: 'msmarco', splits: { test: join(folder, file) } });
      expect(corpus).toMatchObject({ qrels: [], candidates: { 0: [0] } });
      expect(corpus.metrics).toMatchObject({ unanswered: 1 });
    }
  });

  it('keeps only the first queries of a split and their passages with `limit`', async () => {
    const folder = folderOf({ 'a.jsonl': jsonl(FEVER, ZEBRA), 'b.jsonl': jsonl(UNANSWERED) });
    const corpus = await ingest({
      format: 'msmarco',
      splits: { train: join(folder, '*.jsonl') },
      limit: { train: 1 },
    });
    expect(corpus.queries.map(([, name]) => name)).toEqual(['7']);
    expect(corpus.documents).toHaveLength(2);
  });

  it('keeps the first of several rows with an id within a split, over all files, and one in each split', async () => {
    const again = row(7, 'what is heat', [['Heat is energy.', 1]]);
    const folder = folderOf({ 'a.jsonl': jsonl(FEVER), 'b.jsonl': jsonl(again), 't.jsonl': jsonl(again) });
    const params = {
      format: 'msmarco',
      splits: { train: [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')], test: join(folder, 't.jsonl') },
    };
    await expect(ingest(params)).rejects.toThrow('b.jsonl line 1: query_id repeated within its split');
    const { queries, documents, summary } = await ingest({ ...params, on_error: 'skip' });
    expect(queries.map(([split, , text]) => [split, text])).toEqual([
      ['train', 'what is a fever'],
      ['test', 'what is heat'],
    ]);
    expect(documents).toHaveLength(3);
    expect(summary.rejects).toEqual({ 'query_id repeated within its split': 1 });
  });

  it('reports what is missing in a Parquet file', async () => {
    const folder = folderOf({ 'x.parquet': 'no parquet at all' });
    const train = join(folder, 'train.parquet');
    const read = (): Promise<unknown> => ingest({ format: 'msmarco', splits: { train } });
    await parquet(train, `SELECT 1 AS query_id, 'a' AS query`);
    await expect(read()).rejects.toMatchObject({
      code: 'E_INPUT',
      message: "train.parquet: there is no column 'passages'",
    });
    await parquet(train, `SELECT 1 AS query_id, 2 AS query, 3 AS passages`);
    await expect(read()).rejects.toThrow('query is INTEGER, not text');
    await parquet(train, `SELECT 1 AS query_id, 'a' AS query, 3 AS passages`);
    await expect(read()).rejects.toThrow('passages is INTEGER, not a struct of lists');
    await parquet(train, `SELECT 1.5 AS query_id, 'a' AS query, 3 AS passages`);
    await expect(read()).rejects.toThrow('query_id is DECIMAL(2,1), not text or an integer');
    await expect(
      ingest({ format: 'msmarco', splits: { train: join(folder, 'x.parquet') } }),
    ).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining('cannot read x.parquet') as string,
    });
  });
});
