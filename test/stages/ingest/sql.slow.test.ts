import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { digestOf, folderOf, ingest, jsonl, parquet } from './fixtures.ts';

async function params(): Promise<JsonObject> {
  const folder = folderOf({
    'pages.psv': 'key|body\nb|Zebras\na|Fever\n',
    'asked.jsonl': jsonl({ n: 2, ask: 'stripes?' }, { n: 1, ask: 'hot?' }),
  });
  await parquet(join(folder, 'rel.parquet'), `SELECT 1 AS n, 'a' AS key UNION ALL SELECT 2, 'b'`);
  return {
    format: 'sql',
    files: {
      pages: join(folder, 'pages.psv'),
      asked: join(folder, 'asked.jsonl'),
      rel: join(folder, 'rel.parquet'),
    },
    documents: "SELECT key AS id, body AS text FROM read_csv({{pages}}, delim = '|') -- a comment",
    queries: "SELECT n AS id, ask AS text, if(n = 1, 'train', 'test') AS split FROM asked;",
    qrels: 'SELECT n AS query, key AS document FROM rel',
    candidates: 'SELECT n AS query, key AS document, 10 - n AS position FROM rel, (SELECT 1)',
  };
}

describe('format: sql', () => {
  it('numbers the rows by ascending id, from any files that DuckDB reads', async () => {
    const corpus = await ingest(await params());
    expect(corpus).toMatchObject({
      documents: [
        ['a', 'Fever'],
        ['b', 'Zebras'],
      ],
      queries: [
        ['train', '1', 'hot?', null],
        ['test', '2', 'stripes?', null],
      ],
      qrels: [
        [0, 0, 1],
        [1, 1, 1],
      ],
      candidates: { 0: [0], 1: [1] },
    });
  });

  it('gives the same digest at any number of threads, though the SELECTs have no order', async () => {
    const many = {
      ...(await params()),
      documents: "SELECT 'd' || i AS id, 'text ' || (i % 20000) AS text FROM range(30000) AS t(i)",
      queries: "SELECT i AS id, 'query ' || i AS text FROM range(5000) AS t(i)",
      qrels:
        "SELECT i AS query, 'd' || (i * 7 % 30000) AS document, i % 3 AS relevance FROM range(5000) AS t(i)",
      candidates:
        "SELECT i % 5000 AS query, 'd' || (i % 30000) AS document, i AS position FROM range(20000) AS t(i)",
    };
    const digests = [];
    for (const threads of [1, 2, 4]) digests.push(digestOf(await ingest(many, { threads })));
    expect(new Set(digests).size).toBe(1);
  });

  it.each([
    ['documents', 'SELECT 1 AS id', 'the documents SELECT has no column text', undefined],
    [
      'queries',
      "SELECT 1 AS id, 'x' AS text, 'a' AS splt",
      "has an unknown column 'splt'",
      "Did you mean 'split'?",
    ],
    ['qrels', 'SELECT * FROM nowhere', 'cannot read the qrels SELECT: Table with name nowhere', undefined],
    ['qrels', 'SELEC 1', 'cannot read the qrels SELECT: syntax error', undefined],
    [
      'documents',
      'SELECT * FROM {{page}}',
      '{{page}} is not among the stage’s files',
      "Did you mean '{{pages}}'?",
    ],
    [
      'documents',
      "SELECT 1 AS id, ' ' AS text",
      'the documents SELECT row 1: document text missing or empty',
      undefined,
    ],
    [
      'qrels',
      "SELECT 5 AS query, 'a' AS document",
      'the qrels SELECT row 1: judgement of an unknown query',
      undefined,
    ],
    [
      'candidates',
      "SELECT 1 AS query, 'a' AS document, 'x' AS position",
      'position is not an integer',
      undefined,
    ],
    ['documents', "COPY (SELECT 1) TO '/tmp/never-written'", 'cannot read the documents SELECT', undefined],
    ['documents', 'DROP TABLE rejects', 'cannot read the documents SELECT', undefined],
  ])('%s: %s is an error', async (name, select, message, hint) => {
    await expect(ingest({ ...(await params()), [name]: select })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(message.replace('’', "'")) as string,
      ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) as string }),
    });
  });

  it.each([
    ["read_csv('FOLDER/other.csv')", 'FOLDER/other.csv'],
    ["'other.csv'", 'other.csv'],
    ["glob('*')", '*'],
    ["read_text('/etc/hosts')", '/etc/hosts'],
    ["read_csv('https://example.org/x.csv')", 'https://example.org/x.csv'],
    ["read_parquet('s3://bucket/x.parquet')", 's3://bucket/x.parquet'],
  ])('reads no file that it does not name: FROM %s', async (from, file) => {
    const folder = folderOf({ 'other.csv': 'id,text\na,Fever\n' });
    const documents = `SELECT * FROM ${from.replace('FOLDER', folder)}`;
    await expect(ingest({ ...(await params()), documents })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `the documents SELECT reads ${file.replace('FOLDER', folder)}, which is not among the stage's files`,
      hint: expect.stringContaining('Name it under `files`') as string,
    });
  });

  it('reads a file whose name has wildcards as itself', async () => {
    const folder = folderOf({ 'a[1]*.csv': 'id,text\na,Fever\n', 'a1x.csv': 'id,text\na,Wrong\n' });
    const given = await params();
    const files = { ...(given['files'] as JsonObject), pages: join(folder, 'a[1]*.csv') };
    const { documents } = await ingest({
      ...given,
      files,
      documents: 'SELECT * FROM pages',
      qrels: "SELECT n AS query, 'a' AS document FROM rel",
      candidates: "SELECT n AS query, 'a' AS document, n AS position FROM rel",
    });
    expect(documents).toEqual([['a', 'Fever']]);
  });

  it('cannot loosen this', async () => {
    for (const name of ['enable_external_access', 'lock_configuration'])
      await expect(
        ingest({ ...(await params()), documents: `SELECT 1); SET ${name} = true; SELECT (1` }),
      ).rejects.toThrow();
  });
});
