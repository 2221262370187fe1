import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readVectors, type WordVectors } from '../../../src/formats/vectors.ts';
import { stage } from '../../../stages/word2vec/kind.ts';
import { tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';

const TOKENS = tokensOf(['fever rises', 'fever falls paris new'], []);
const WORDS = TOKENS.vocabulary.tokens;

type Rows = readonly (readonly [word: string, ...values: number[]])[];

const ROWS: Rows = [
  ['the', 9, 9, 9],
  ['fever', 0.5, -1.25, 3],
  ['Paris', 1e-3, 2, -0.0625],
  ['rises', 1, 2, 3],
];

const body = (rows: Rows): string => rows.map((row) => `${row.join(' ')}\n`).join('');
const header = (rows: Rows): string => `${rows.length} ${rows[0]!.length - 1}\n`;

function binary(rows: Rows, { newline }: { newline: boolean }): Buffer {
  const parts = rows.map(([word, ...values]) =>
    Buffer.concat([
      Buffer.from(`${word} `),
      Buffer.from(Float32Array.from(values).buffer),
      Buffer.from(newline ? '\n' : ''),
    ]),
  );
  return Buffer.concat([Buffer.from(header(rows)), ...parts]);
}

async function load(
  content: string | Uint8Array,
  params: object = {},
  name = 'vectors.txt',
): Promise<KindRun & { vectors: WordVectors; vector: (word: string) => number[] }> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const run = await runKind(stage, {
    params: { source: 'pretrained', path, ...params },
    inputs: { tokens: tokensArtifact(TOKENS) },
  });
  const vectors = readVectors(run.artifact.path);
  const { dimensions, data } = vectors;
  const vector = (word: string): number[] => {
    const id = WORDS.indexOf(word);
    return [...data.subarray(id * dimensions, (id + 1) * dimensions)];
  };
  return { ...run, vectors, vector };
}

const knownWords = ({ vectors }: { vectors: WordVectors }): string[] =>
  WORDS.filter((_, id) => vectors.known[id] === 1);

describe('pretrained vectors', () => {
  it.each([
    ['word2vec text', header(ROWS) + body(ROWS), 'word2vec-text'],
    [
      'fastText .vec, whose lines end in a space',
      (header(ROWS) + body(ROWS)).replaceAll('\n', ' \n'),
      'fasttext',
    ],
    ['GloVe', body(ROWS), 'glove'],
    ['word2vec binary, rows ended by newlines', binary(ROWS, { newline: true }), 'word2vec-binary'],
    ['word2vec binary, rows that follow each other', binary(ROWS, { newline: false }), 'word2vec-binary'],
    ['text with CRLF', body(ROWS).replaceAll('\n', '\r\n'), 'glove'],
    ['text without a last newline', body(ROWS).trimEnd(), 'glove'],
  ])('are read from %s, gzipped or not, with the format given or detected', async (_, content, format) => {
    for (const packed of [content, gzipSync(content)]) {
      for (const params of [{ format }, {}]) {
        const run = await load(packed, params);
        expect(run.vector('fever')).toEqual([0.5, -1.25, 3]);
        expect(run.vector('rises')).toEqual([1, 2, 3]);
        expect(run.vector('paris')).toEqual([Math.fround(1e-3), 2, -0.0625]);
        expect(run.vector('<pad>')).toEqual([0, 0, 0]);
        expect(knownWords(run)).toEqual(['fever', 'rises', 'paris']);
        expect(run.metrics).toMatchObject({ dimensions: 3, rows_read: 4, folded: 1, coverage_types: 0.6 });
        expect(run.headline).toBe('3 dimensions · coverage 60.0 %');
      }
    }
  });

  it('fill missing words at random, with the variance of the others and by the seed', async () => {
    const [one, again, other] = [
      await load(body(ROWS)),
      await load(body(ROWS)),
      await load(body(ROWS), { seed: 1 }),
    ];
    expect(one.vector('falls')).toEqual(again.vector('falls'));
    expect(one.vector('falls')).not.toEqual(other.vector('falls'));
    expect(one.vector('fever')).toEqual(other.vector('fever'));
    // The variance of nine known values bounds a uniform distribution of the same variance.
    const values = [0.5, -1.25, 3, 1, 2, 3, 1e-3, 2, -0.0625];
    const mean = values.reduce((a, b) => a + b) / 9;
    const limit = Math.sqrt((3 * values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / 9);
    for (const value of [...one.vector('falls'), ...one.vector('new'), ...one.vector('<unk>')]) {
      expect(Math.abs(value)).toBeLessThanOrEqual(limit);
      expect(value).not.toBe(0);
    }
  });

  it('prefer an exact match to a normalised one, the first of equal matches, and the <unk> of the file', async () => {
    const rows: Rows = [
      ['Fever', 1, 1],
      ['FEVER', 2, 2],
      ['fever', 3, 3],
      ['fever', 4, 4],
      ['RISES', 5, 5],
      ['Rises', 6, 6],
      ['<unk>', 7, 7],
    ];
    const folding = await load(body(rows));
    expect(folding.vector('fever')).toEqual([3, 3]);
    expect(folding.vector('rises')).toEqual([5, 5]);
    expect(folding.vector('<unk>')).toEqual([7, 7]);
    const strict = await load(body(rows), { case_fallback: false });
    expect(knownWords(strict)).toEqual(['<unk>', 'fever']);
  });

  it('may have words with spaces, as in GloVe’s largest file', async () => {
    const { vector, metrics } = await load('. . . 1 2\nfever 3 4\nat name@domain.com 5 6\n', {
      format: 'glove',
    });
    expect(vector('fever')).toEqual([3, 4]);
    expect(metrics).toMatchObject({ rows_read: 3 });
  });

  it('are the same however the file is split into pieces', async () => {
    // 1 MiB pieces: rows of 5 bytes to 2 KB lie across their borders.
    const filler: Rows = Array.from({ length: 3_000 }, (_, i) => [
      `word${'x'.repeat(i % 700)}${i}`,
      ...Array.from({ length: 100 }, (_, k) => i + k / 8),
    ]);
    const fever = ['fever', ...Array.from({ length: 100 }, (_, k) => k / 4)] as const;
    const rows: Rows = [...filler, fever];
    for (const content of [body(rows), header(rows) + body(rows), binary(rows, { newline: false })]) {
      const { vector, metrics } = await load(content);
      expect(vector('fever')).toEqual(fever.slice(1));
      expect(metrics).toMatchObject({ rows_read: 3001 });
    }
  });
});

describe('a damaged or unsupported file of vectors', () => {
  const text = header(ROWS) + body(ROWS);
  const bytes = binary(ROWS, { newline: true });
  it.each([
    ['an empty file', '', {}, 'is empty'],
    ['a zip archive', 'PK\x03\x04rest', {}, 'is a zip archive'],
    ['a fastText model', Buffer.from([0xba, 0x16, 0x4f, 0x2f, 0, 0]), {}, 'is a binary fastText model'],
    ['prose', 'It was a dark and stormy night.\n', {}, 'is not in a supported format of word vectors'],
    [
      'text cut between rows',
      text.slice(0, text.indexOf('Paris')),
      {},
      'the file ends after 2 vectors; its header announces 4',
    ],
    ['text cut within a row', body(ROWS).slice(0, -5), {}, 'line 4: 1 values where 3 were expected'],
    ['a row that is too long', `${body(ROWS)}new 1 2 3 4\n`, {}, 'line 5: 4 values where 3 were expected'],
    [
      'a value that is no number',
      body(ROWS).replace('-1.25', 'abc'),
      { format: 'glove' },
      "line 2: 'abc' is not a finite number",
    ],
    [
      'a value that is infinite',
      body(ROWS).replace('-1.25', '1e99'),
      {},
      "line 2: '1e99' is not a finite number",
    ],
    [
      'no header where one should be',
      body(ROWS),
      { format: 'fasttext' },
      'line 1: this format begins with a header line of two numbers',
    ],
    [
      'binary cut short',
      bytes.subarray(0, -6),
      {},
      'vector 4: the file ends here; its header announces 4 vectors',
    ],
    [
      'binary without a header',
      bytes.subarray(4),
      { format: 'word2vec-binary' },
      'line 1: this format begins with a header line of two numbers',
    ],
    [
      'binary that is not a number',
      binary([['fever', NaN, 1]], { newline: true }),
      {},
      "vector 1: 'NaN' is not a finite number",
    ],
    ['gzip cut short', gzipSync(text).subarray(0, -12), {}, 'cannot be decompressed'],
    ['a word without values', 'fever\nrises\n', { format: 'glove' }, 'line 1: a word without values'],
    ['a header alone', '0 3\n', { format: 'fasttext' }, 'contains no vectors'],
  ] as const)('is an error: %s', async (_, content, params, message) => {
    await expect(load(content, params)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(message) as string,
    });
  });

  it('that does not exist, or is a folder, is an error', async () => {
    const inputs = { tokens: tokensArtifact(TOKENS) };
    const folder = temporaryFolder();
    const read = (path: string): Promise<unknown> =>
      runKind(stage, { params: { source: 'pretrained', path }, inputs });
    await expect(read(join(folder, 'none.txt'))).rejects.toThrow('none.txt does not exist');
    await expect(read(folder)).rejects.toThrow('is not a file');
  });
});
