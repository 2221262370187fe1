import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folderOf, ingest, jsonl, type FileContent, type Ingested } from './fixtures.ts';

const good = (id: number): object => ({
  query_id: id,
  query: `question ${id}`,
  passages: { is_selected: [1, 0], passage_text: [`answer ${id}`, 'something else'] },
});

const msmarco = (content: FileContent, more: object = {}): Promise<Ingested> => {
  const folder = folderOf({ 'train.jsonl': content });
  return ingest({ format: 'msmarco', splits: { train: join(folder, 'train.jsonl') }, ...more });
};

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');
const line = (change: object): string => JSON.stringify({ ...good(2), ...change });

describe('bad rows', () => {
  it.each([
    ['{"query_id": 2,', 'malformed JSON'],
    ['[1, 2]', 'not a JSON object'],
    ['"text"', 'not a JSON object'],
    [line({ query_id: null }), 'query_id missing'],
    [line({ query_id: [1] }), 'query_id is not a valid id'],
    ['{"query_id": 12345678901234567890}', 'query_id is not a valid id'],
    [line({ query: ' \u00a0\u3000' }), 'query missing or empty'],
    [line({ query: 5 }), 'query is not a string'],
    [line({ query_type: 5 }), 'query_type is not a string'],
    [line({ passages: 'one' }), 'passages missing or of the wrong type'],
    [line({ passages: undefined }), 'passages missing or of the wrong type'],
    [line({ passages: ['one'] }), 'passages missing or of the wrong type'],
    [line({ passages: { is_selected: [1] } }), 'passages missing or of the wrong type'],
    [
      line({ passages: { is_selected: [1], passage_text: ['a', 'b'] } }),
      'is_selected and passage_text differ in length',
    ],
    [line({ passages: { is_selected: [], passage_text: [] } }), 'no passages'],
    [line({ passages: { is_selected: [2], passage_text: ['a'] } }), 'is_selected is not 0, 1 or -1'],
    [line({ passages: { is_selected: ['yes'], passage_text: ['a'] } }), 'is_selected is not 0, 1 or -1'],
    [line({ passages: { is_selected: [1], passage_text: [5] } }), 'passage_text is not a string'],
  ])('stop the stage with file, line and reason: %s', async (bad, reason) => {
    const text = lines(JSON.stringify(good(1)), '', bad, JSON.stringify(good(3)));
    await expect(msmarco(text)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(
        `1 bad row: 1 × ${reason}\n  train.jsonl line 3: ${reason}: '${bad.slice(0, 20)}`,
      ) as string,
      hint: 'Fix the data, or write `on_error: skip` to leave these rows out.',
    });
    const { queries, summary, metrics, headline } = await msmarco(text, { on_error: 'skip' });
    expect(queries.map(([, name]) => name)).toEqual(['1', '3']);
    expect(summary.rejects).toEqual({ [reason]: 1 });
    expect(metrics!['rejected']).toBe(1);
    expect(headline).toContain('1 bad rows left out');
  });

  it('name the first five lines of each reason', async () => {
    const text = lines(...Array.from({ length: 8 }, () => '{'), JSON.stringify(good(1)));
    await expect(msmarco(text)).rejects.toThrow('train.jsonl line 1, 2, 3, 4, 5, …: malformed JSON');
  });

  it('drop a blank passage, and keep the others of the row', async () => {
    const text = jsonl({
      ...good(1),
      passages: { is_selected: [0, 1, 0], passage_text: [' ', 'answer', null] },
    });
    await expect(msmarco(text)).rejects.toThrow('2 bad rows: 2 × passage missing or empty');
    expect(await msmarco(text, { on_error: 'skip' })).toMatchObject({
      documents: [['0', 'answer']],
      qrels: [[0, 0, 1]],
      candidates: { 0: [0] },
    });
  });

  it('include lines that are not UTF-8', async () => {
    const text = Buffer.concat([Buffer.from(jsonl(good(1))), Buffer.from([0x22, 0xff, 0x22, 0x0a])]);
    await expect(msmarco(text)).rejects.toThrow('train.jsonl line 2: not UTF-8');
  });
});

describe('texts', () => {
  it('are unchanged: any script, NUL, emoji, quotes, line breaks, lone surrogates as U+FFFD', async () => {
    const texts = [
      'ängström 𠮷 عربى ไทย 👩‍👩‍👧',
      `it's "quoted" \\ and\ttabbed`,
      'two\r\nlines\u2028three',
      'nul \0 inside',
    ];
    const passages = { is_selected: [1, 0, 0, 0, 0], passage_text: [...texts, 'lone \ud800!'] };
    const { documents } = await msmarco(jsonl({ ...good(1), passages }));
    expect(documents.map(([, text]) => text)).toEqual([...texts, 'lone \ufffd!']);
  });

  it('are the same document only if every character is the same', async () => {
    const texts = ['a b', 'a  b', 'A b', 'a b ', 'a b', 'a\u0308', '\u00e4'];
    const passages = { is_selected: texts.map(() => 0), passage_text: texts };
    const { documents, candidates, summary } = await msmarco(jsonl({ ...good(1), passages }));
    expect(documents).toHaveLength(6);
    expect(candidates[0]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(summary.duplicates).toEqual({ documents: 1, qrels: 0, candidates: 1 });
  });

  it('may be longer than the pieces that are read', async () => {
    const long = 'word '.repeat(1 << 20);
    const { documents } = await msmarco(
      jsonl({ ...good(1), passages: { is_selected: [1], passage_text: [long] } }),
    );
    expect(documents[0]![1]).toBe(long);
  });
});

describe('files', () => {
  it.each([
    ['an empty file', ''],
    ['blank lines', '\n \r\n\n'],
  ])('without queries are an error: %s', async (_, content) => {
    await expect(msmarco(content)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'the data contains no queries',
    });
  });

  it('a truncated or damaged gzip file is an error that names it', async () => {
    const whole = gzipSync(jsonl(...Array.from({ length: 1000 }, (_, id) => good(id))));
    const folder = folderOf({
      'cut.jsonl.gz': whole.subarray(0, -20),
      'no.jsonl.gz': Buffer.from('no gzip'),
    });
    for (const name of ['cut.jsonl.gz', 'no.jsonl.gz'])
      await expect(
        ingest({ format: 'msmarco', splits: { train: join(folder, name) } }),
      ).rejects.toMatchObject({
        code: 'E_INPUT',
        message: `${name} is not gzip, or is damaged or cut off`,
      });
  });

  it('with several gzip members are read completely', async () => {
    const folder = folderOf({ 'a.jsonl.gz': jsonl(good(1)) });
    appendFileSync(join(folder, 'a.jsonl.gz'), gzipSync(jsonl(good(2))));
    expect(
      (await ingest({ format: 'msmarco', splits: { train: join(folder, 'a.jsonl.gz') } })).queries,
    ).toHaveLength(2);
  });

  it('that are missing, folders, or have another extension are errors', async () => {
    const folder = folderOf({ 'a.txt': jsonl(good(1)), 'sub/a.jsonl': jsonl(good(1)) });
    const read = (path: string): Promise<Ingested> =>
      ingest({ format: 'msmarco', splits: { train: join(folder, path) } });
    await expect(read('none.jsonl')).rejects.toThrow('there is no file');
    await expect(read('none*.jsonl')).rejects.toThrow('there is no file');
    await expect(read('sub')).rejects.toMatchObject({ hint: expect.stringContaining('glob') as string });
    await expect(read('a.txt')).rejects.toThrow('a.txt is none of .parquet, .jsonl');
  });

  it('a limit on an unknown split is an error', async () => {
    await expect(msmarco(jsonl(good(1)), { limit: { trian: 5 } })).rejects.toMatchObject({
      message: "limit names the split 'trian', but the data has train",
      hint: "Did you mean 'train'?",
    });
  });
});
