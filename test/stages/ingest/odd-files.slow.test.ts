/** Files that are not quite what their format says: read right, or refused with what they are and what to write. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { folderOf, ingest, jsonl, parquet, type FileContent, type Ingested } from './fixtures.ts';

const CORPUS = jsonl({ _id: 'd1', text: 'Stripes.' }, { _id: 'd2', text: 'A raised temperature.' });
const QUERIES = jsonl({ _id: 'q1', text: 'zebra' }, { _id: 'q2', text: 'fever' });
const QRELS = [
  ['q1', 'd1', 1],
  ['q2', 'd2', 2],
] as const;
const EXPECTED = {
  documents: [
    ['d1', 'Stripes.'],
    ['d2', 'A raised temperature.'],
  ],
  queries: [
    ['test', 'q1', 'zebra', null],
    ['test', 'q2', 'fever', null],
  ],
  qrels: [
    [0, 0, 1],
    [1, 1, 2],
  ],
};

const beir = (files: Readonly<Record<string, FileContent>>): Promise<Ingested> =>
  ingest({
    format: 'beir',
    folder: folderOf({ 'corpus.jsonl': CORPUS, 'queries.jsonl': QUERIES, ...files }),
  });
const judged = (content: FileContent, name = 'test.tsv'): Promise<Ingested> =>
  beir({ [`qrels/${name}`]: content });
const table = (separator: string, ...header: string[]): string =>
  [...(header.length > 0 ? [header] : []), ...QRELS].map((row) => `${row.join(separator)}\n`).join('');
const trec = (separator: string): string =>
  QRELS.map(([query, document, grade]) => `${[query, 0, document, grade].join(separator)}\n`).join('');

describe('relevance judgements of format: beir', () => {
  it.each([
    ['the standard header', table('\t', 'query-id', 'corpus-id', 'score')],
    ['other names', table('\t', 'qid', 'docid', 'relevance')],
    ['other names in another order', `Score\tDoc_ID\tQuery_ID\n1\td1\tq1\n2\td2\tq2\n`],
    ['no header', table('\t')],
    ['no header, with spaces', table(' ')],
    ['TREC qrels, with spaces', trec(' ')],
    ['TREC qrels, with tabs and CRLF', trec('\t').replaceAll('\n', '\r\n')],
    ['commas', table(',', 'query-id', 'corpus-id', 'score')],
    ['semicolons', table(';', 'query-id', 'corpus-id', 'score')],
    ['spaces after the separators', table(',  ', 'query-id', 'corpus-id', 'score').replaceAll(',  ', ' \t')],
    ['spaces after commas', table(', ', 'query-id', 'corpus-id', 'score')],
    ['a byte order mark', `\ufeff${table('\t', 'query-id', 'corpus-id', 'score')}`],
    ['a byte order mark, without a header', `\ufeff${table('\t')}`],
  ])('are read with %s', async (_, content) => {
    expect(await judged(content)).toMatchObject(EXPECTED);
    expect(await judged(content, 'test.tsv.gz')).toMatchObject(EXPECTED);
  });

  it('are read from .csv and .qrels files too', async () => {
    expect(await judged(table(',', 'query-id', 'corpus-id', 'score'), 'test.csv')).toMatchObject(EXPECTED);
    expect(await judged(trec(' '), 'test.qrels')).toMatchObject(EXPECTED);
  });

  it('are refused with the first line where its meaning is not clear', async () => {
    for (const line of ['from\tto\thow', 'query-id\tcorpus-id\tstars', 'q1\td1\tgood', 'q1'])
      await expect(judged(`${line}\nq1\td1\t1\n`)).rejects.toMatchObject({
        code: 'E_INPUT',
        message: `test.tsv, line 1: '${line}' is neither a header of relevance judgements nor one of them`,
        hint: expect.stringContaining('Write `query-id`, `corpus-id` and `score`') as string,
      });
  });

  it('are quoted by line where a row is bad', async () => {
    await expect(judged(`${trec(' ')}q1 0 d2 high\n`)).rejects.toThrow(
      "test.tsv line 3: relevance is not an integer of up to 9 digits: 'q1 0 d2 high'",
    );
    await expect(judged(`${trec(' ')}q1 0 d2 2000000000\n`)).rejects.toThrow(
      "test.tsv line 3: relevance is not an integer of up to 9 digits: 'q1 0 d2 2000000000'",
    );
  });

  it('are refused where lines end with a carriage return alone', async () => {
    await expect(judged(trec(' ').replaceAll('\n', '\r'))).rejects.toMatchObject({
      message: 'test.tsv, line 1: lines end with a carriage return alone',
      hint: "End lines with a newline, for example with `tr '\\r' '\\n' < test.tsv`.",
    });
  });

  it('are refused where a name ends in .gz and the content is not gzip, or cut off', async () => {
    const csv = table(',', 'query-id', 'corpus-id', 'score');
    const refused = async (read: Promise<Ingested>, name: string): Promise<void> =>
      expect(read).rejects.toMatchObject({
        message: `${name} is not gzip, or is damaged or cut off`,
        hint: 'Get the complete file; if it is not compressed, rename it without .gz.',
      });
    for (const content of [Buffer.from(csv), gzipSync(csv).subarray(0, 30)])
      await refused(judged(content, 'test.tsv.gz'), 'test.tsv.gz');
    // DuckDB reads the rows before the cut and says nothing.
    const pairs = `query,document\n${Array.from({ length: 20_000 }, (_, row) => `q${row},${Math.sin(row)}\n`).join('')}`;
    const files = `${folderOf({ 'pairs.csv.gz': gzipSync(pairs).subarray(0, -40_000) })}/pairs.csv.gz`;
    const columns = { query: 'query', document: 'document' };
    await refused(ingest({ format: 'csv', pairs: { splits: { train: files }, ...columns } }), 'pairs.csv.gz');
  });
});

describe('documents and queries of format: beir', () => {
  it('may have the usual other names', async () => {
    const run = await beir({
      'corpus.jsonl': CORPUS.replaceAll('"_id"', '"id"').replaceAll('"text"', '"contents"'),
      'queries.jsonl': QUERIES.replaceAll('"_id"', '"query_id"').replaceAll('"text"', '"query"'),
      'qrels/test.tsv': trec(' '),
    });
    expect(run).toMatchObject(EXPECTED);
  });
});

describe('a file that should be JSON Lines', () => {
  const read = (corpus: FileContent): Promise<Ingested> =>
    beir({ 'corpus.jsonl': corpus, 'qrels/test.tsv': trec(' ') });

  it('is read with a byte order mark, CRLF and no last line break', async () => {
    expect(await read(`\ufeff${CORPUS.replaceAll('\n', '\r\n').trimEnd()}`)).toMatchObject(EXPECTED);
  });

  const rows = CORPUS.trim().split('\n');
  it.each([
    [
      'a JSON array',
      `[${rows.join(',')}]`,
      'line 1: this is a JSON array, not JSON Lines',
      "jq -c '.[]' corpus.jsonl",
    ],
    ['an array over several lines', `[\n${rows.join(',\n')}\n]\n`, 'line 1: this is a JSON array', 'jq -c'],
    [
      'one object over several lines',
      JSON.stringify(JSON.parse(rows[0]!), null, 2),
      'line 1: this is one JSON object over several lines',
      "jq -c '.' corpus.jsonl",
    ],
    ['UTF-16', Buffer.from(`\ufeff${CORPUS}`, 'utf16le'), 'corpus.jsonl is UTF-16 text', 'iconv'],
    ['UTF-16 without a mark', Buffer.from(CORPUS, 'utf16le'), 'corpus.jsonl is UTF-16 text', 'iconv'],
    ['gzip', gzipSync(CORPUS), 'corpus.jsonl is compressed with gzip', 'Rename it to corpus.jsonl.gz.'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\n',
      'is a Git LFS pointer',
      'git lfs pull',
    ],
  ])('is refused if it is %s', async (_, content, message, hint) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  it('is refused in the same way by msmarco, also gzipped, and by squad', async () => {
    const folder = folderOf({
      'a.jsonl.gz': '[{"query_id": 1}]',
      'b.json': Buffer.from('\ufeff{"data": []}', 'utf16le'),
    });
    await expect(ingest({ format: 'msmarco', splits: { test: join(folder, 'a.jsonl.gz') } })).rejects.toThrow(
      'a.jsonl.gz, line 1: this is a JSON array',
    );
    await expect(ingest({ format: 'squad', splits: { test: join(folder, 'b.json') } })).rejects.toThrow(
      'b.json is UTF-16 text',
    );
  });
});

describe('is_selected of MS MARCO', () => {
  const TEXTS = ['Zebras have stripes.', 'Flies avoid stripes.', 'Nobody knows.'];
  it.each([
    ['numbers', [1, 0, -1]],
    ['booleans', [true, false, false]],
    ['strings', ['1', '0', '-1']],
    ['words', ['True', 'False', 'false']],
  ])('may be %s', async (_, flags) => {
    const row = { query_id: 1, query: 'why', passages: { is_selected: flags, passage_text: TEXTS } };
    const folder = folderOf({ 'a.jsonl': jsonl(row) });
    expect(await ingest({ format: 'msmarco', splits: { test: join(folder, 'a.jsonl') } })).toMatchObject({
      qrels: [[0, 0, 1]],
      candidates: { 0: [0, 1, 2] },
    });
  });

  it('may be booleans or strings in Parquet', async () => {
    const path = join(folderOf({}), 'a.parquet');
    for (const flags of ['[true, false, false]', "['1', '0', '0']"]) {
      const texts = TEXTS.map((text) => `'${text}'`).join(', ');
      await parquet(
        path,
        `SELECT 1 AS query_id, 'why' AS query, {is_selected: ${flags}, passage_text: [${texts}]} AS passages`,
      );
      expect(await ingest({ format: 'msmarco', splits: { test: path } })).toMatchObject({
        qrels: [[0, 0, 1]],
      });
    }
  });
});

describe('tables with another separator', () => {
  const pairs = (name: string, content: string, more: object = {}): Promise<Ingested> =>
    ingest({
      format: name.slice(name.lastIndexOf('.') + 1),
      pairs: { splits: { test: join(folderOf({ [name]: content }), name) }, query: 'q', document: 'd' },
      ...more,
    });
  const READ = { queries: [['test', '0', 'zebra, or horse', null]], documents: [['0', 'Stripes; black']] };

  it.each([
    ['semicolons', 'q;d\n"zebra, or horse";"Stripes; black"\n'],
    ['semicolons after a byte order mark', '\ufeffq;d\r\n"zebra, or horse";"Stripes; black"\r\n'],
    ['tabs', 'q\td\nzebra, or horse\tStripes; black\n'],
    ['bars', 'q|d\nzebra, or horse|Stripes; black\n'],
    ['commas', 'q,d\n"zebra, or horse",Stripes; black\n'],
  ])('are read as csv: %s', async (_, content) => {
    expect(await pairs('a.csv', content)).toMatchObject(READ);
  });

  it('are refused as tsv, with the line', async () => {
    await expect(pairs('a.tsv', 'q;d\nzebra;Stripes\n')).rejects.toMatchObject({
      message: "a.tsv, line 1: there is no tab in 'q;d'; its columns seem to be separated by ';'",
      hint: expect.stringContaining('format: csv') as string,
    });
    await expect(pairs('a.tsv', 'q d\nzebra Stripes\n')).rejects.toThrow('separated by spaces');
  });

  it('a missing header is named as a possible cause of a missing column', async () => {
    await expect(pairs('a.tsv', 'zebra\tStripes\n')).rejects.toMatchObject({
      message: "a.tsv has no column 'q'; it has zebra, Stripes",
      hint: expect.stringContaining('`header: false`') as string,
    });
  });
});
