import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, ingest, jsonl } from './fixtures.ts';

const FILES = {
  'corpus.jsonl': jsonl(
    { _id: 'd1', title: 'Fever', text: 'A raised temperature.' },
    { _id: 'd2', title: '', text: 'Stripes.' },
    { _id: 'd3', text: 'Stripes.' },
    { _id: 'd4', title: 'Only a title', text: '' },
  ),
  'queries.jsonl': jsonl(
    { _id: 'q1', text: 'what is fever' },
    { _id: 'q2', text: 'zebra' },
    { _id: 'q3', text: 'nobody judged this' },
  ),
  'qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n',
  'qrels/dev.tsv': 'query-id\tcorpus-id\tscore\r\nq2\td2\t1\r\nq2\td3\t2\r\n',
};

const EXPECTED = {
  documents: [
    ['d1', 'Fever A raised temperature.'],
    ['d2', 'Stripes.'],
    ['d4', 'Only a title'],
  ],
  queries: [
    ['train', 'q1', 'what is fever', null],
    ['validation', 'q2', 'zebra', null],
    ['unjudged', 'q3', 'nobody judged this', null],
  ],
  // d3 is d2 word for word; the better of the two judgements counts.
  qrels: [
    [0, 0, 1],
    [0, 1, 0],
    [1, 1, 2],
  ],
  candidates: {},
};

describe('format: beir', () => {
  it('reads a folder: title before text, dev as validation, equal texts as one document', async () => {
    const corpus = await ingest({ format: 'beir', folder: folderOf(FILES) });
    expect(corpus).toMatchObject(EXPECTED);
    expect(corpus.summary.duplicates).toEqual({ documents: 1, qrels: 1, candidates: 0 });
    expect(corpus.summary.splits[0]).toMatchObject({ name: 'train', unanswered: 0, qrels: 2 });
  });

  it('reads its three files from anywhere, gzipped or not', async () => {
    const folder = folderOf({
      'c.jsonl.gz': FILES['corpus.jsonl'],
      'q.jsonl.gz': FILES['queries.jsonl'],
      'train.tsv.gz': FILES['qrels/train.tsv'],
      'dev.tsv': FILES['qrels/dev.tsv'],
    });
    const corpus = await ingest({
      format: 'beir',
      corpus: join(folder, 'c.jsonl.gz'),
      queries: join(folder, 'q.jsonl.gz'),
      qrels: { train: join(folder, 'train.tsv.gz'), validation: join(folder, 'dev.tsv') },
    });
    expect(corpus).toMatchObject(EXPECTED);
  });

  it('a query judged in two splits belongs to the earlier of train, validation, test', async () => {
    const folder = folderOf({
      ...FILES,
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td4\t1\nq3\td4\t1\n',
    });
    const { queries } = await ingest({ format: 'beir', folder });
    expect(queries.map(([split, name]) => `${name} ${split}`)).toEqual([
      'q1 train',
      'q2 validation',
      'q3 test',
    ]);
  });

  it.each([
    ['qrels/train.tsv', 'q9\td1\t1', 'line 4', 'judgement of an unknown query'],
    ['qrels/train.tsv', 'q1\td9\t1', 'line 4', 'judgement of an unknown document'],
    ['qrels/train.tsv', 'q1\td1', 'line 4', 'too few columns'],
    ['qrels/train.tsv', 'q1\td1\t1\t1', 'line 4', 'too many columns'],
    ['qrels/train.tsv', 'q1\td1\thigh', 'line 4', 'relevance is not an integer of up to 9 digits'],
    ['qrels/train.tsv', 'q1\td1\t0.5', 'line 4', 'relevance is not an integer of up to 9 digits'],
    ['qrels/train.tsv', 'q1\td1\t', 'line 4', 'relevance is not an integer of up to 9 digits'],
    [
      'corpus.jsonl',
      '{"_id": "d1", "text": "another text"}',
      'line 5',
      'document id repeated with a different text',
    ],
    ['corpus.jsonl', '{"_id": "d5", "text": " "}', 'line 5', 'document text missing or empty'],
    ['corpus.jsonl', '{"_id": "d5", "text": 5}', 'line 5', 'text is not a string'],
    ['corpus.jsonl', '{"text": "no id"}', 'line 5', 'document id missing'],
    ['corpus.jsonl', '{"_id": ["d5"], "text": "x"}', 'line 5', 'id is neither a string nor an exact number'],
    ['queries.jsonl', '{"_id": "q1", "text": "again"}', 'line 4', 'query id repeated'],
    ['queries.jsonl', '{"_id": "q4"}', 'line 4', 'query missing or empty'],
  ] as const)('%s with %s is reported at %s', async (file, bad, place, reason) => {
    const folder = folderOf({ ...FILES, [file]: `${FILES[file]}${bad}\n` });
    await expect(ingest({ format: 'beir', folder })).rejects.toThrow(
      `1 bad row: 1 × ${reason}\n  ${file.split('/').at(-1)!} ${place}: ${reason}`,
    );
    const corpus = await ingest({ format: 'beir', folder, on_error: 'skip' });
    expect(corpus).toMatchObject(EXPECTED);
    expect(corpus.summary.rejects).toEqual({ [reason]: 1 });
  });

  it('a score of 1.0 is 1, and an identical repeated document is only a duplicate', async () => {
    const folder = folderOf({
      ...FILES,
      'qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1.0\nq1\td2\t0\n',
      'corpus.jsonl': FILES['corpus.jsonl'] + jsonl({ _id: 'd2', title: '', text: 'Stripes.' }),
    });
    expect(await ingest({ format: 'beir', folder })).toMatchObject(EXPECTED);
  });

  it('reports a missing file of a folder, and a missing column of a file', async () => {
    const without = (name: string): Promise<unknown> =>
      ingest({
        format: 'beir',
        folder: folderOf(
          Object.fromEntries(Object.entries(FILES).filter(([file]) => !file.startsWith(name))),
        ),
      });
    await expect(without('corpus')).rejects.toThrow('contains no corpus.jsonl');
    await expect(without('queries')).rejects.toThrow('contains no queries.jsonl');
    await expect(without('qrels')).rejects.toThrow('contains no qrels/*.tsv');
    const folder = folderOf({ ...FILES, 'corpus.jsonl': jsonl({ ident: 'd1', text: 'x' }) });
    await expect(ingest({ format: 'beir', folder })).rejects.toMatchObject({
      message: "corpus.jsonl has no column '_id'; it has ident, text",
    });
  });

  it('keeps every document when queries are limited', async () => {
    const corpus = await ingest({
      format: 'beir',
      folder: folderOf(FILES),
      limit: { unjudged: 1, train: 1 },
    });
    expect(corpus).toMatchObject(EXPECTED);
    const queries = FILES['queries.jsonl'] + jsonl({ _id: 'q4', text: 'more' });
    const more = await ingest({
      format: 'beir',
      folder: folderOf({ ...FILES, 'queries.jsonl': queries }),
      limit: { unjudged: 1 },
    });
    expect(more).toMatchObject(EXPECTED);
  });
});
