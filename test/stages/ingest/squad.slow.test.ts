import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, ingest, type Ingested } from './fixtures.ts';

const qa = (id: string, question: unknown, more = {}): object => ({ id, question, answers: [], ...more });

const ARTICLES = [
  {
    title: 'Fever',
    paragraphs: [
      { context: 'Fever is a raised temperature.', qas: [qa('a', 'What is fever?'), qa('b', 'How high?')] },
      { context: 'It often passes.', qas: [qa('c', 'Does it pass?', { is_impossible: true })] },
    ],
  },
  { title: 'Zebra', paragraphs: [{ context: 'It often passes.', qas: [qa('d', 'Who passes?')] }] },
  { title: 'Quiet', paragraphs: [{ context: 'Nobody asks.', qas: [] }] },
];

const read = (content: unknown, more: object = {}, name = 'train.json'): Promise<Ingested> => {
  const folder = folderOf({ [name]: typeof content === 'string' ? content : JSON.stringify(content) });
  return ingest({ format: 'squad', splits: { train: join(folder, name) }, ...more });
};

const EXPECTED = {
  documents: [
    ['0', 'Fever is a raised temperature.'],
    ['1', 'It often passes.'],
    ['2', 'Nobody asks.'],
  ],
  queries: [
    ['train', 'a', 'What is fever?', null],
    ['train', 'b', 'How high?', null],
    ['train', 'c', 'Does it pass?', null],
    ['train', 'd', 'Who passes?', null],
  ],
  qrels: [
    [0, 0, 1],
    [1, 0, 1],
    [3, 1, 1],
  ],
  candidates: { 0: [0, 1], 1: [0, 1], 2: [0, 1], 3: [1] },
};

describe('format: squad', () => {
  it('makes paragraphs documents, that of the question relevant, those of the article candidates', async () => {
    const corpus = await read({ version: 'v2.0', data: ARTICLES });
    expect(corpus).toMatchObject(EXPECTED);
    expect(corpus.summary.splits).toEqual([
      { name: 'train', queries: 4, unanswered: 1, qrels: 3, candidates: 7 },
    ]);
    expect(await read({ data: ARTICLES }, {}, 'train.json.gz')).toMatchObject(EXPECTED);
  });

  it('limits questions, and keeps only their articles', async () => {
    const { queries, documents } = await read({ data: ARTICLES }, { limit: { train: 2 } });
    expect(queries.map(([, name]) => name)).toEqual(['a', 'b']);
    expect(documents).toHaveLength(2);
  });

  it.each([
    [{ context: 'x', qas: [qa('e', '')] }, ['question missing or empty']],
    [{ context: 'x', qas: [qa('e', 5)] }, ['question is not a string']],
    [{ context: 'x', qas: [qa(' ', 'who?')] }, ['question id missing']],
    [{ context: 'x', qas: ['who?'] }, ['question is not an object']],
    [{ context: 'x', qas: [qa('e', 'who?', { is_impossible: 'no' })] }, ['is_impossible is not a boolean']],
    [{ context: 'x', qas: [qa('a', 'who?')] }, ['question id repeated within its split']],
    [
      { context: '', qas: [qa('e', 'who?')] },
      ['paragraph missing or empty', 'question about a missing paragraph'],
    ],
  ])('a bad paragraph or question is an error or left out: %j', async (paragraph, reasons) => {
    const data = [...ARTICLES, { paragraphs: [paragraph] }];
    const failure = read({ data });
    for (const reason of reasons)
      await expect(failure).rejects.toThrow(new RegExp(`train.json row 5: ${reason}`));
    const { queries, summary } = await read({ data }, { on_error: 'skip' });
    expect(queries).toHaveLength(4);
    expect(summary.rejects).toEqual(Object.fromEntries(reasons.map((reason) => [reason, 1])));
  });

  it.each([
    ['', 'is not JSON'],
    ['{"data": [', 'is not JSON'],
    ['[]', 'it has no list `data`'],
    ['{"data": [{}]}', 'data[0] has no list `paragraphs`'],
    ['{"data": [{"paragraphs": [{"context": "x", "qas": 5}]}]}', 'data[0].paragraphs[0] has no list `qas`'],
    ['{"data": []}', 'the data contains no queries'],
  ])('a file that is not SQuAD is an error: %s', async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(message) as string,
    });
  });
});
