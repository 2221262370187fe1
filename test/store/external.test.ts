import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { digestOf } from '../../src/base/hash.ts';
import { openExternalFiles, type ExternalSet } from '../../src/store/external.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

/** Sets the clock to so many milliseconds after the last change of a file: what counts as just written. */
function clockAfter(path: string, milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: statSync(path).ctimeMs + milliseconds });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe('external files', () => {
  it('are a file, a folder with all below it, or the matches of a glob, by relative name', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'data', 'b.jsonl'), 'b');
    writeFileSync(join(folder, 'data', 'a.jsonl'), 'a');
    writeFileSync(join(folder, 'data', 'deep', 'c.txt'), 'c');
    symlinkSync('a.jsonl', join(folder, 'data', 'link.jsonl'));
    const files = openExternalFiles(storeLayout(join(folder, 'store')).cache);
    const names = async (path: string): Promise<string[]> =>
      (await files.resolve(join(folder, path))).files().map((file) => file.name);
    expect(await names('data/a.jsonl')).toEqual(['a.jsonl']);
    expect(await names('data')).toEqual(['a.jsonl', 'b.jsonl', 'deep/c.txt', 'link.jsonl']);
    expect(await names('data/*.jsonl')).toEqual(['a.jsonl', 'b.jsonl', 'link.jsonl']);
    expect(await names('data/**/*.txt')).toEqual(['deep/c.txt']);
    expect(await names('nowhere')).toEqual([]);
    const [first] = (await files.resolve(join(folder, 'data', 'a.jsonl'))).files();
    expect(first!.digest).toBe(digestOf('a'));
  });

  it('are not read again while their metadata is unchanged, unless just written', async () => {
    const folder = temporaryFolder();
    const layout = storeLayout(join(folder, 'store'));
    const path = join(folder, 'big.bin');
    writeFileSync(path, 'one');
    const remembered = async (): Promise<boolean> => {
      const files = openExternalFiles(layout.cache);
      await files.resolve(path);
      files.save();
      try {
        return readFileSync(join(layout.cache, 'files.json'), 'utf8').includes('big.bin');
      } catch {
        return false;
      }
    };
    clockAfter(path, 1_900);
    expect(await remembered()).toBe(false);
    // Its change time is still too fresh to trust even when its modification time is set back.
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    clockAfter(path, 1_900);
    expect(await remembered()).toBe(false);
    clockAfter(path, 2_100);
    expect(await remembered()).toBe(true);
    // The cache is used: a forged digest is returned, so the file was not read.
    const cache = join(layout.cache, 'files.json');
    const forged = readFileSync(cache, 'utf8').replace(digestOf('one'), digestOf('forged'));
    writeFileSync(cache, forged);
    const [file] = (await openExternalFiles(layout.cache).resolve(path)).files();
    expect(file!.digest).toBe(digestOf('forged'));
    writeFileSync(path, 'two');
    const [changed] = (await openExternalFiles(layout.cache).resolve(path)).files();
    expect(changed!.digest).toBe(digestOf('two'));
  });

  it('of a whole folder are believed as long as every name and all metadata stand', async () => {
    const folder = temporaryFolder();
    const layout = storeLayout(join(folder, 'store'));
    const data = join(folder, 'data');
    mkdirSync(join(data, 'sub'), { recursive: true });
    writeFileSync(join(data, 'a'), 'a');
    writeFileSync(join(data, 'sub', 'b'), 'b');
    const resolve = async (): Promise<ExternalSet> => {
      const files = openExternalFiles(layout.cache);
      const set = await files.resolve(data);
      files.save();
      return set;
    };
    clockAfter(join(data, 'sub', 'b'), 2_100);
    const first = await resolve();
    // Forged digests of single files have no effect, so these are not even looked up.
    const cache = join(layout.cache, 'files.json');
    writeFileSync(cache, readFileSync(cache, 'utf8').replace(digestOf('b'), digestOf('forged')));
    expect((await resolve()).digest).toBe(first.digest);
    writeFileSync(join(data, 'sub', 'c'), 'c');
    const more = await resolve();
    expect([more.count, more.files().map(({ name }) => name)]).toEqual([3, ['a', 'sub/b', 'sub/c']]);
    expect(more.digest).not.toBe(first.digest);
  });
});
