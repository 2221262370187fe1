/** Tests that every implementation of Store must pass. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Key } from '../../src/base/hash.ts';
import { digestOfFiles } from '../../src/store/manifest.ts';
import { seal } from '../../src/store/seal.ts';
import type { Sealed, Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { manifestFor } from './fixtures.ts';

function sealed(id: number, content: string): Sealed {
  const work = temporaryFolder();
  const folder = join(work, 'output');
  mkdirSync(folder);
  writeFileSync(join(folder, 'content.txt'), content);
  const files = seal(folder, {});
  return { work, folder, manifest: { ...manifestFor(id), files, digest: digestOfFiles(files) } };
}

export function storeContract(open: () => Store): void {
  it('has nothing at first', async () => {
    const store = open();
    expect(await store.find('made', 'a'.repeat(64) as Key)).toBeUndefined();
    expect(await store.fetch('made', 'a'.repeat(64) as Key)).toBeUndefined();
  });

  it('returns what was put, complete', async () => {
    const store = open();
    const one = sealed(1, 'one\n');
    const { kind, key } = one.manifest;
    expect((await store.put(one)).state).toBe('added');
    expect(await store.find(kind, key)).toEqual(one.manifest);
    const fetched = await store.fetch(kind, key);
    expect(readFileSync(join(fetched!.path, 'content.txt'), 'utf8')).toBe('one\n');
    expect(JSON.parse(readFileSync(join(fetched!.path, 'manifest.json'), 'utf8'))).toEqual(one.manifest);
    expect(await store.find(kind, sealed(2, '').manifest.key)).toBeUndefined();
  });

  it('keeps an existing artifact, and says whether it is the same', async () => {
    const store = open();
    await store.put(sealed(1, 'one\n'));
    expect((await store.put(sealed(1, 'one\n'))).state).toBe('there');
    const { state, artifact } = await store.put(sealed(1, 'other\n'));
    expect([state, readFileSync(join(artifact.path, 'content.txt'), 'utf8')]).toEqual(['conflict', 'one\n']);
    expect(existsSync(artifact.path)).toBe(true);
  });
}
