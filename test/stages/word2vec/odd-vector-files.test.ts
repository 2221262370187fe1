/** Files of word vectors that are not quite as their format says: read right, or refused with the line and its text. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../../src/formats/vectors.ts';
import { stage } from '../../../stages/word2vec/kind.ts';
import { tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';

const TOKENS = tokensOf(['river stone rises'], []);
const WORDS = ['river', 'stone', 'rises'];
const VALUES = [
  [0.25, -1.5, 3, 0.125],
  [1, 2, -3, 4],
  [5, 0.5, 7, -8],
] as const;

type Loaded = KindRun & { readonly vectors: readonly (readonly number[])[] };

async function load(content: string | Uint8Array, params: object = {}): Promise<Loaded> {
  const path = join(temporaryFolder(), 'vectors.txt');
  writeFileSync(path, content);
  const run = await runKind(stage, {
    params: { source: 'pretrained', path, ...params },
    inputs: { tokens: tokensArtifact(TOKENS) },
  });
  const { dimensions, data } = readVectors(run.artifact.path);
  const vectors = WORDS.map((word) => {
    const id = TOKENS.vocabulary.tokens.indexOf(word);
    return [...data.subarray(id * dimensions, (id + 1) * dimensions)];
  });
  return { ...run, vectors };
}

const LINES = WORDS.map((word, i) => `${word} ${VALUES[i]!.join(' ')}`);
const GLOVE = `${LINES.join('\n')}\n`;
const WORD2VEC = `3 4\n${GLOVE}`;

function binary(header: string, values: readonly (readonly number[])[] = VALUES): Buffer {
  const rows = values.map((row, i) =>
    Buffer.concat([Buffer.from(`${WORDS[i]!} `), Buffer.from(Float32Array.from(row).buffer)]),
  );
  return Buffer.concat([Buffer.from(header), ...rows]);
}

describe('a file of vectors that is a little odd is read right', () => {
  const tabs = (text: string): string => text.replaceAll(' ', '\t');
  it.each([
    ['a byte order mark before the header', `\ufeff${WORD2VEC}`],
    ['a byte order mark before the first row', `\ufeff${GLOVE}`],
    ['a tab after the word', WORD2VEC.replaceAll(/^(\w+) (?=\S+ \S+ )/gm, '$1\t')],
    ['tabs throughout', tabs(WORD2VEC)],
    ['tabs, without a header', tabs(GLOVE)],
    ['several spaces, as in aligned columns', WORD2VEC.replaceAll(' ', '   ')],
    ['CRLF', WORD2VEC.replaceAll('\n', '\r\n')],
    ['spaces and tabs at the ends of lines', WORD2VEC.replaceAll('\n', ' \t \n')],
    ['blank lines between rows', GLOVE.replaceAll('\n', '\n\n')],
    ['a word that is a number, and one with spaces', `2010 1 2 3 4\n. . . 1 2 3 4\n${GLOVE}`],
    ['a word in Latin-1', Buffer.from(`caf\xe9 1 2 3 4\n${GLOVE}`, 'latin1')],
    ['a word that occurs twice: the first counts', `${GLOVE}river 9 9 9 9\n`],
    ['a word with spaces in the first row', `. . . 1 2 3 4\n${GLOVE}`],
  ])('%s', async (_, content) => {
    for (const packed of [content, gzipSync(content)]) {
      const { vectors, metrics } = await load(packed);
      expect(vectors).toEqual(VALUES);
      expect(metrics).toMatchObject({ coverage_types: 1, rejected: 0 });
    }
  });
});

describe('a text file of vectors is never read as binary, but refused by line', () => {
  it.each([
    ['NaN in the first row', WORD2VEC.replace('0.25', 'nan'), "line 2: 'nan' is not a finite number", 'skip'],
    ['NaN, without a header', GLOVE.replace('0.25', 'NaN'), "line 1: 'NaN' is not a finite number", 'skip'],
    ['infinity', GLOVE.replace('0.5', '-inf'), "line 3: '-inf' is not a finite number", 'skip'],
    [
      'a header that is too wide',
      WORD2VEC.replace('3 4', '3 6'),
      "line 1: the header '3 6' announces 6 dimensions, but line 2 has 4 values",
      'Write `3 4`',
    ],
    [
      'a header that is too narrow',
      WORD2VEC.replace('3 4', '3 2'),
      "line 1: the header '3 2' announces 2 dimensions, but line 2 has 4 values",
      'Write `3 4`',
    ],
    [
      'a header in the wrong order',
      WORD2VEC.replace('3 4', '4 3'),
      'but line 2 has 4 values; the two numbers are swapped',
      'write `3 4`',
    ],
    [
      'a header with too many rows',
      WORD2VEC.replace('3 4', '5 4'),
      'line 4: the file ends after 3 vectors; its header announces 5',
      'write `3 4`',
    ],
    [
      'decimal commas',
      WORD2VEC.replaceAll('.', ','),
      "line 2: '0,25' has a decimal comma",
      'decimal point: `0.25`',
    ],
    [
      'commas between the fields',
      GLOVE.replaceAll(' ', ','),
      "line 1: the fields are separated by ','",
      "Replace each ','",
    ],
    [
      'semicolons after a header',
      `3 4\n${GLOVE.replaceAll(' ', ';')}`,
      "line 2: the fields are separated by ';'",
      "Replace each ';'",
    ],
    ['comments', `# made on Monday\n${WORD2VEC}`, "line 1: '# made on Monday' is a comment", 'Delete'],
    [
      'a header of words',
      `rows=3 dimensions=4\n${GLOVE}`,
      "line 1, 'rows=3 dimensions=4', is neither a header",
      'The formats are',
    ],
    [
      'a first row that is short',
      GLOVE.replace('river 0.25', 'river'),
      'line 1: 3 values where 4 were expected',
      'skip',
    ],
    ['a row cut off', WORD2VEC.replace(' 4\nrises', '\nrises'), 'line 3: 3 values where 4', 'skip'],
    ['zeros in the middle', WORD2VEC.replace('1 2', '\0\0\0'), 'line 3: ', 'skip'],
    ['UTF-16', Buffer.from(`\ufeff${WORD2VEC}`, 'utf16le'), 'is UTF-16 text', 'iconv'],
    ['UTF-16 without a mark', Buffer.from(WORD2VEC, 'utf16le'), 'is UTF-16 text', 'iconv'],
    [
      'carriage returns alone',
      WORD2VEC.replaceAll('\n', '\r'),
      'line 1: lines end with a carriage',
      'newline',
    ],
    ['a web page', '<!DOCTYPE html>\n<html></html>', 'is an HTML page', 'Download'],
    ['a pickle', Buffer.from('\x80\x04\x95..', 'latin1'), 'is a Python pickle', 'gensim'],
  ])('%s', async (_, content, message, hint) => {
    for (const packed of [content, gzipSync(content)])
      await expect(load(packed)).rejects.toMatchObject({
        code: 'E_INPUT',
        message: expect.stringContaining(message) as string,
        hint: expect.stringContaining(hint) as string,
      });
  });

  it('also where the format is given and wrong', async () => {
    await expect(load(WORD2VEC, { format: 'word2vec-binary' })).rejects.toThrow('is text, not binary');
    await expect(load(binary('3 4\n'), { format: 'fasttext' })).rejects.toThrow('is not text');
    await expect(load(WORD2VEC, { format: 'glove' })).rejects.toMatchObject({
      message: expect.stringContaining("line 1: '3 4' is a header") as string,
      hint: 'Write `format: word2vec-text` or `format: auto`.',
    });
  });
});

describe('a binary file of vectors', () => {
  it('is read where its header fits', async () => {
    expect((await load(binary('3 4\n'))).vectors).toEqual(VALUES);
  });

  it.each([
    ['too many dimensions', '3 7\n', 'vector 2: there are no letters where its word should be'],
    ['too few dimensions', '3 3\n', 'vector 2: there are no letters where its word should be'],
    ['swapped numbers', '4 3\n', 'vector 2: there are no letters where its word should be'],
    ['too few rows', '2 4\n', 'there are more bytes after the 2 vectors that the header announces'],
    ['too many rows', '4 4\n', 'vector 4: the file ends here; its header announces 4 vectors'],
  ])('is refused if its header has %s', async (_, header, message) => {
    await expect(load(binary(header))).rejects.toThrow(message);
  });
});

describe('on_error: skip', () => {
  const damaged = [LINES[0]!.replace('3', 'nan'), 'odd 1 2', LINES[1]!, LINES[2]!.replace('0.5', '0,5')];

  it('leaves out bad rows and counts them in the metrics, the log and the headline', async () => {
    const run = await load(`4 4\n${damaged.join('\n')}\n`, { on_error: 'skip' });
    expect(run.vectors[1]).toEqual(VALUES[1]);
    expect(run.metrics).toMatchObject({ rows_read: 4, rejected: 3, coverage_types: 1 / 3 });
    expect(run.logs).toEqual([
      '3 bad rows left out: 1 × value is not a finite number (line 2), 1 × too few values (line 3), ' +
        '1 × decimal comma (line 5)',
    ]);
    expect(run.headline).toContain('3 bad rows left out');
  });

  it('names the first five lines of each reason', async () => {
    const run = await load(`11 4\n${GLOVE}${'odd 1\n'.repeat(8)}`, { on_error: 'skip' });
    expect(run.logs).toEqual(['8 bad rows left out: 8 × too few values (line 5, 6, 7, 8, 9, …)']);
  });

  it('uses a later row of the same word, and keeps an earlier match that a bad row would replace', async () => {
    const run = await load(`River 1 1 1 1\nriver 2 2 nan 2\nstone 3 nan 3 3\nstone 4 4 4 4\n`, {
      on_error: 'skip',
    });
    expect(run.vectors.slice(0, 2)).toEqual([
      [1, 1, 1, 1],
      [4, 4, 4, 4],
    ]);
  });

  it('leaves out binary rows that are not finite', async () => {
    const content = binary('3 4\n', [[1, NaN, 1, 1], VALUES[1], VALUES[2]]);
    const run = await load(content, { on_error: 'skip' });
    expect(run.vectors.slice(1)).toEqual(VALUES.slice(1));
    expect(run.logs[0]).toContain('(vector 1)');
  });

  it('is an error if no row of a word is usable, or if the file itself is damaged', async () => {
    await expect(load('2 2\nriver nan 1\nstone 1,5 2\n', { on_error: 'skip' })).rejects.toThrow(
      'is usable: ',
    );
    await expect(load(WORD2VEC.replace('3 4', '9 4'), { on_error: 'skip' })).rejects.toThrow(
      'its header announces 9',
    );
  });
});
