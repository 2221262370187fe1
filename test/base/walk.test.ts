import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { filesOf } from '../../src/base/walk.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

function folderWith(...files: string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  return folder;
}

const namesOf = async (...path: string[]): Promise<string[]> =>
  (await filesOf(join(...path))).map(({ name }) => name);

test('a file whose name is not UTF-8 is refused, because a key could not cover it', async () => {
  const folder = folderWith('data/a.txt', 'data/\ufffd.txt');
  expect(await namesOf(folder, 'data')).toEqual(['a.txt', '\ufffd.txt']);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/data/`), Buffer.from([0xe9])]), 'x');
  for (const pattern of ['data', 'data/*'])
    await expect(filesOf(join(folder, pattern))).rejects.toThrow("/data, the name '\ufffd' is not UTF-8");
});

describe('a folder with links', () => {
  it('contains what is read through them: files, folders and links in those', async () => {
    const folder = folderWith('data/a.txt', 'disk/one/b.txt', 'far/c.txt');
    symlinkSync('../disk', join(folder, 'data', 'more'));
    symlinkSync(join(folder, 'far'), join(folder, 'disk', 'one', 'far'));
    symlinkSync('a.txt', join(folder, 'data', 'z.txt'));
    const names = ['a.txt', 'more/one/b.txt', 'more/one/far/c.txt', 'z.txt'];
    expect(await namesOf(folder, 'data')).toEqual(names);
    expect(await namesOf(folder, 'data/**')).toEqual(names);
    expect(await namesOf(folder, 'data/more/*/*.txt')).toEqual(['b.txt'].map((name) => `one/${name}`));
    expect(await namesOf(folder, 'data/*/one/**/*.txt')).toEqual(['more/one/b.txt', 'more/one/far/c.txt']);
  });

  it('that lead back to a folder above them ends there, and the link itself counts', async () => {
    const folder = folderWith('data/sub/a.txt', 'other/b.txt');
    symlinkSync('..', join(folder, 'data', 'sub', 'up'));
    symlinkSync('../../data/sub', join(folder, 'data', 'sub', 'again'));
    const found = await filesOf(join(folder, 'data'));
    expect(found.map(({ name, circle }) => [name, circle])).toEqual([
      ['sub/a.txt', undefined],
      ['sub/again', 'sub'],
      ['sub/up', '.'],
    ]);
    expect(await namesOf(folder, 'data/**')).toEqual(['sub/a.txt']);
  });

  it('that lead above the folder contains the files there, and comes round once', async () => {
    const folder = folderWith('data/a.txt', 'b.txt');
    symlinkSync('..', join(folder, 'data', 'up'));
    expect(await namesOf(folder, 'data')).toEqual(['a.txt', 'up/b.txt', 'up/data/a.txt', 'up/data/up']);
  });

  it('that lead nowhere, or to themselves, counts without them', async () => {
    const folder = folderWith('data/a.txt');
    symlinkSync('nowhere', join(folder, 'data', 'b.txt'));
    symlinkSync('c.txt', join(folder, 'data', 'c.txt'));
    for (const path of ['data', 'data/*', 'data/**/*.txt'])
      expect(await namesOf(folder, path)).toEqual(['a.txt']);
    for (const path of ['data/b.txt', 'data/c.txt']) expect(await namesOf(folder, path)).toEqual([]);
  });

  it('has two names for a folder that two links lead to', async () => {
    const folder = folderWith('disk/a.txt');
    mkdirSync(join(folder, 'data'));
    for (const name of ['x', 'y']) symlinkSync('../disk', join(folder, 'data', name));
    expect(await namesOf(folder, 'data')).toEqual(['x/a.txt', 'y/a.txt']);
  });
});

test('a glob works in a folder whose own name has wildcards', async () => {
  const folder = folderWith('runs [1] (old)/a.txt', 'runs [1] (old)/b.csv');
  expect(await namesOf(folder, 'runs [1] (old)/*.txt')).toEqual(['a.txt']);
});

test('a folder inside is left out where it is excepted', async () => {
  const folder = folderWith('data/a.txt', 'data/artifacts/train/model');
  symlinkSync('artifacts', join(folder, 'data', 'latest'));
  for (const pattern of ['data', 'data/**'])
    expect(
      (await filesOf(join(folder, pattern), join(folder, 'data/artifacts'))).map(({ name }) => name),
    ).toEqual(['a.txt']);
  expect(
    (await filesOf(join(folder, 'data/artifacts/train'), join(folder, 'data/artifacts'))).map(
      ({ name }) => name,
    ),
  ).toEqual(['model']);
});

test('a pipe is an error, and is not waited for', async () => {
  const folder = folderWith('data/a.txt');
  execFileSync('mkfifo', [join(folder, 'data', 'pipe')]);
  await expect(filesOf(join(folder, 'data', 'pipe'))).rejects.toThrow('neither a file nor a folder');
  expect(await namesOf(folder, 'data')).toEqual(['a.txt']);
});

test.skipIf(process.getuid!() === 0)('a folder that cannot be read is an error with a hint', async () => {
  const folder = folderWith('data/sub/a.txt');
  chmodSync(join(folder, 'data', 'sub'), 0o000);
  await expect(filesOf(join(folder, 'data'))).rejects.toMatchObject({
    code: 'E_INPUT',
    hint: 'Give permission to read it, or name another file.',
  });
  chmodSync(join(folder, 'data', 'sub'), 0o700);
});
