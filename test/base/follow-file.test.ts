import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followFile } from '../../src/base/follow-file.ts';
import { lastLines } from '../../src/base/last-lines.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

/** A file that is followed: what was read, with `|` where it began anew. */
function followed(): { file: string; text: () => string; end: () => Promise<string> } {
  const file = join(temporaryFolder(), 'log');
  let text = '';
  let isWritten = true;
  const done = followFile(file, {
    isWritten: () => isWritten,
    signal: new AbortController().signal,
    onText: (more) => (text += more),
    onRestart: () => (text += '|'),
  });
  return {
    file,
    text: () => text,
    end: async () => {
      isWritten = false;
      await done;
      return text;
    },
  };
}

it('follows what is appended to a file that is not there yet, and reads the rest at the end', async () => {
  const { file, text, end } = followed();
  appendFileSync(file, 'one\n');
  await eventually('one', () => text() === 'one\n');
  appendFileSync(file, 'two\n');
  await eventually('two', () => text() === 'one\ntwo\n');
  appendFileSync(file, 'three\n');
  expect(await end()).toBe('one\ntwo\nthree\n');
});

it('keeps characters whole that arrive in two pieces', async () => {
  const { file, text, end } = followed();
  const bytes = Buffer.from('é\n');
  writeFileSync(file, bytes.subarray(0, 1));
  await eventually('a look', () => text() === '');
  appendFileSync(file, bytes.subarray(1));
  expect(await end()).toBe('é\n');
});

it.each([
  [
    'cut off and written anew',
    (file: string) => {
      writeFileSync(file, 'new\n');
    },
  ],
  [
    'written anew with more than was read',
    (file: string) => {
      writeFileSync(file, 'new and longer than before\n');
    },
  ],
  [
    'replaced by another',
    (file: string) => {
      writeFileSync(`${file}.other`, 'old one\nnew\n');
      renameSync(`${file}.other`, file);
    },
  ],
])('a file that is %s is read from its beginning', async (_, change) => {
  const { file, text, end } = followed();
  writeFileSync(file, 'old one\n');
  await eventually('the old', () => text() === 'old one\n');
  change(file);
  expect(await end()).toMatch(/^old one\n\|(old one\n)?new.*\n$/);
});

it('the last lines of a file, and none of one that is missing', () => {
  const file = join(temporaryFolder(), 'log');
  writeFileSync(file, Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''));
  expect(lastLines(file, 2)).toEqual(['line 49998', 'line 49999']);
  writeFileSync(file, 'only\n');
  expect(lastLines(file, 2)).toEqual(['only']);
  writeFileSync(file, '');
  expect(lastLines(file, 2)).toEqual([]);
  expect(lastLines(`${file}.missing`, 2)).toEqual([]);
});
