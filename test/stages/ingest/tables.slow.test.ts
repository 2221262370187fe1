import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { digestOf, folderOf, ingest, jsonl, parquet } from './fixtures.ts';

const DOCUMENTS = [
  { pid: 'd1', heading: 'Fever', body: 'A raised, high temperature.' },
  { pid: 'd2', heading: null, body: 'Stripes "of" zebras' },
];
const QUERIES = [
  { qid: 1, question: 'what is fever', part: 'train', kind: 'what' },
  { qid: 2, question: 'zebra?', part: 'test', kind: null },
];
const QRELS = [
  { qid: 1, pid: 'd1', grade: 3 },
  { qid: 2, pid: 'd2', grade: 1 },
  { qid: 2, pid: 'd1', grade: 0 },
];
const RANKED = [
  { qid: 2, pid: 'd1' },
  { qid: 2, pid: 'd2' },
  { qid: 1, pid: 'd2' },
];
const TABLES = { documents: DOCUMENTS, queries: QUERIES, qrels: QRELS, candidates: RANKED };

type Rows = readonly Readonly<Record<string, string | number | null>>[];

const csvCell = (value: string | number | null): string =>
  value === null
    ? ''
    : /[",\n]/.test(String(value))
      ? `"${String(value).replaceAll('"', '""')}"`
      : String(value);

const separated = (rows: Rows, separator: string, cell: (value: string | number | null) => string): string =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))]
    .map((cells) => `${cells.map(cell).join(separator)}\n`)
    .join('');

const csv = (rows: Rows): string => separated(rows, ',', csvCell);
const tsv = (rows: Rows): string => separated(rows, '\t', (value) => String(value ?? ''));

async function parquetRows(path: string, rows: Rows): Promise<void> {
  const value = (cell: string | number | null): string =>
    typeof cell === 'number' ? String(cell) : cell === null ? 'NULL' : `'${cell.replaceAll("'", "''")}'`;
  const names = Object.keys(rows[0]!).join(', ');
  const values = rows.map((row) => `(${Object.values(row).map(value).join(', ')})`).join(', ');
  await parquet(path, `SELECT * FROM (VALUES ${values}) AS t(${names})`);
}

const params = (format: string, folder: string, extension = format): JsonObject => ({
  format,
  documents: { files: join(folder, `documents.${extension}`), id: 'pid', text: 'body', title: 'heading' },
  queries: {
    files: join(folder, `queries.${extension}`),
    id: 'qid',
    text: 'question',
    split: 'part',
    type: 'kind',
  },
  qrels: { files: join(folder, `qrels.${extension}`), query: 'qid', document: 'pid', relevance: 'grade' },
  candidates: { files: join(folder, `candidates.${extension}`), query: 'qid', document: 'pid' },
});

const EXPECTED = {
  documents: [
    ['d1', 'Fever A raised, high temperature.'],
    ['d2', 'Stripes "of" zebras'],
  ],
  queries: [
    ['train', '1', 'what is fever', 'what'],
    ['test', '2', 'zebra?', null],
  ],
  qrels: [
    [0, 0, 3],
    [1, 0, 0],
    [1, 1, 1],
  ],
  candidates: { 0: [1], 1: [0, 1] },
};

const written = (extension: string, write: (rows: Rows) => string): string =>
  folderOf(
    Object.fromEntries(Object.entries(TABLES).map(([name, rows]) => [`${name}.${extension}`, write(rows)])),
  );

describe('tables with named columns', () => {
  it('give the same corpus from csv, tsv, jsonl and parquet, gzipped or not', async () => {
    const parquetFolder = folderOf({});
    for (const [name, rows] of Object.entries(TABLES))
      await parquetRows(join(parquetFolder, `${name}.parquet`), rows);
    const corpora = [
      await ingest(params('csv', written('csv', csv))),
      await ingest(
        params(
          'csv',
          written('csv', (rows) => `\ufeff${csv(rows).replaceAll('\n', '\r\n')}`),
        ),
      ),
      await ingest(params('csv', written('csv.gz', csv), 'csv.gz')),
      await ingest(params('tsv', written('tsv', tsv))),
      await ingest(params('tsv', written('tsv.gz', tsv), 'tsv.gz')),
      await ingest(
        params(
          'jsonl',
          written('jsonl', (rows) => jsonl(...rows)),
        ),
      ),
      await ingest(
        params(
          'jsonl',
          written('jsonl.gz', (rows) => jsonl(...rows)),
          'jsonl.gz',
        ),
      ),
      await ingest(params('parquet', parquetFolder)),
    ];
    for (const corpus of corpora) {
      expect(corpus).toMatchObject(EXPECTED);
      expect(digestOf(corpus)).toBe(digestOf(corpora[0]!));
    }
  });

  it('name columns by position without a header', async () => {
    const noHeader = (rows: Rows): string => tsv(rows).slice(tsv(rows).indexOf('\n') + 1);
    const folder = written('tsv', noHeader);
    const file = (name: string): string => join(folder, `${name}.tsv`);
    const corpus = await ingest({
      format: 'tsv',
      header: false,
      documents: { files: file('documents'), id: 1, text: 3, title: 2 },
      queries: { files: file('queries'), id: 1, text: 2, split: 3, type: 4 },
      qrels: { files: file('qrels'), query: 1, document: 2, relevance: 3 },
      candidates: { files: file('candidates'), query: 1, document: 2 },
    });
    expect(corpus).toMatchObject(EXPECTED);
  });

  it('take splits from files, and relevance 1 without a column', async () => {
    const folder = folderOf({
      'd.csv': 'id,text\na,first\nb,second\n',
      'q.csv': 'id,text\n1,one\n2,two\n',
      'train.csv': 'q,d\n1,a\n',
      'test.csv': 'q,d\n2,b\n',
    });
    const file = (name: string): string => join(folder, `${name}.csv`);
    expect(
      await ingest({
        format: 'csv',
        documents: { files: file('d'), id: 'id', text: 'text' },
        queries: { files: file('q'), id: 'id', text: 'text' },
        qrels: { splits: { train: file('train'), test: file('test') }, query: 'q', document: 'd' },
      }),
    ).toMatchObject({
      queries: [
        ['train', '1', 'one', null],
        ['test', '2', 'two', null],
      ],
      qrels: [
        [0, 0, 1],
        [1, 1, 1],
      ],
    });
  });

  it('report a missing column, in every format', async () => {
    const folder = folderOf({
      'd.csv': 'pid,txt\na,b\n',
      'd.tsv': 'pid\ttxt\na\tb\n',
      'd.jsonl': jsonl({ pid: 'a', txt: 'b' }),
    });
    await parquetRows(join(folder, 'd.parquet'), [{ pid: 'a', txt: 'b' }]);
    for (const format of ['csv', 'tsv', 'jsonl', 'parquet']) {
      const files = join(folder, `d.${format}`);
      await expect(
        ingest({
          format,
          documents: { files, id: 'pid', text: 'text' },
          queries: { files, id: 'pid', text: 'txt' },
          qrels: { files, query: 'pid', document: 'pid' },
        }),
      ).rejects.toMatchObject({
        code: 'E_INPUT',
        message: `d.${format} has no column 'text'; it has pid, txt`,
        hint: "Did you mean 'txt'?",
      });
    }
  });

  it('need files of the given format', async () => {
    const folder = written('csv', csv);
    await expect(ingest(params('tsv', folder, 'csv'))).rejects.toMatchObject({
      message: 'documents.csv is not a tsv file',
      hint: expect.stringContaining('format: csv') as string,
    });
  });

  it.each([
    ['candidates', { qid: 9, pid: 'd1' }, 'candidate for an unknown query'],
    ['candidates', { qid: 1, pid: 'd9' }, 'candidate is an unknown document'],
    ['qrels', { qid: 9, pid: 'd1', grade: 1 }, 'judgement of an unknown query'],
    ['queries', { qid: 3, question: 'x', part: '', kind: '' }, 'split missing'],
  ] as const)('%s that refer to unknown ids are errors: %j', async (name, row, reason) => {
    const folder = folderOf(
      Object.fromEntries(
        Object.entries(TABLES).map(([table, rows]) => [
          `${table}.jsonl`,
          jsonl(...rows, ...(table === name ? [row] : [])),
        ]),
      ),
    );
    await expect(ingest(params('jsonl', folder))).rejects.toThrow(`${name}.jsonl line`);
    const corpus = await ingest({ ...params('jsonl', folder), on_error: 'skip' });
    expect(corpus).toMatchObject(EXPECTED);
    expect(corpus.summary.rejects).toEqual({ [reason]: 1 });
  });

  it('a Parquet column of numbers is not text', async () => {
    const folder = folderOf({});
    for (const [name, rows] of Object.entries(TABLES))
      await parquetRows(join(folder, `${name}.parquet`), rows);
    const more = params('parquet', folder);
    const documents = { ...(more['documents'] as object), text: 'pid' } as JsonObject;
    await parquetRows(join(folder, 'documents.parquet'), [{ pid: 5, heading: null, body: 'x' }]);
    await expect(ingest({ ...more, documents })).rejects.toThrow(
      'documents.parquet row 1: text is not a string',
    );
  });
});
