/** What every Store has to do; each implementation runs this against itself. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Key } from '../../src/base/hash.ts';
import { digestOfFiles } from '../../src/store/manifest.ts';
import { seal } from '../../src/store/seal.ts';
import type { Alias, Artifact, Sealed, Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { manifestFor } from './fixtures.ts';

export interface Opened {
  readonly store: Store;
  /** Cuts a file short wherever the store keeps it. */
  readonly damage: (kind: string, key: Key, file: string) => void;
}

const FILE = 'content.txt';

/** A folder as a stage leaves it; `id` determines the key, `content` the digest. */
function sealed(id: number, content: string): Sealed {
  const work = temporaryFolder();
  const folder = join(work, 'output');
  mkdirSync(folder);
  writeFileSync(join(folder, FILE), content);
  const files = seal(folder, {});
  return { work, folder, manifest: { ...manifestFor(id), files, digest: digestOfFiles(files) } };
}

const contentOf = ({ path }: Artifact): string => readFileSync(join(path, FILE), 'utf8');

export function storeContract(open: () => Opened): void {
  it('has nothing at first', async () => {
    const { store } = open();
    const { kind, key } = manifestFor(1);
    expect(await store.find(kind, key)).toEqual({ state: 'absent' });
    expect(await store.fetch(kind, key)).toBeUndefined();
  });

  it('finds the manifest of what was put, and fetches its files, read-only', async () => {
    const { store } = open();
    const one = sealed(1, 'one\n');
    const { kind, key } = one.manifest;
    expect(await store.put(one)).toMatchObject({ state: 'added', artifact: { manifest: one.manifest } });
    expect(await store.find(kind, key)).toMatchObject({
      state: 'found',
      artifact: { manifest: one.manifest },
    });
    const fetched = await store.fetch(kind, key);
    expect(fetched!.manifest).toEqual(one.manifest);
    expect(contentOf(fetched!)).toBe('one\n');
    expect(JSON.parse(readFileSync(join(fetched!.path, 'manifest.json'), 'utf8'))).toEqual(one.manifest);
    expect(statSync(join(fetched!.path, FILE)).mode & 0o222).toBe(0);
    expect(await store.find(kind, manifestFor(2).key)).toEqual({ state: 'absent' });
  });

  it('takes the folder over: its caller has nothing left to publish', async () => {
    const { store } = open();
    const one = sealed(1, 'one\n');
    const { artifact } = await store.put(one);
    rmSync(one.work, { recursive: true, force: true });
    expect(contentOf(artifact)).toBe('one\n');
  });

  it('keeps the first content under a key, and reports whether the second was the same', async () => {
    const { store } = open();
    await store.put(sealed(1, 'one\n'));
    expect((await store.put(sealed(1, 'one\n'))).state).toBe('there');
    const { state, artifact } = await store.put(sealed(1, 'other\n'));
    expect([state, contentOf(artifact)]).toEqual(['conflict', 'one\n']);
    expect(contentOf((await store.fetch('made', artifact.manifest.key))!)).toBe('one\n');
  });

  it('replaces the first content where it is asked to', async () => {
    const { store } = open();
    await store.put(sealed(1, 'one\n'));
    expect((await store.put(sealed(1, 'one\n'), { replace: true })).state).toBe('there');
    const { state, artifact } = await store.put(sealed(1, 'other\n'), { replace: true });
    expect([state, contentOf(artifact)]).toEqual(['replaced', 'other\n']);
    expect(contentOf((await store.fetch('made', artifact.manifest.key))!)).toBe('other\n');
  });

  it('does not give out a damaged artifact, and takes a sound one in its place', async () => {
    const { store, damage } = open();
    const { kind, key } = manifestFor(1);
    await store.put(sealed(1, 'one\n'));
    damage(kind, key, FILE);
    const lookup = await store.find(kind, key);
    // A store that would have to fetch the files to see the damage may find the manifest.
    if (lookup.state === 'found') expect(lookup.artifact.path).toBeNull();
    else expect(lookup).toEqual({ state: 'damaged', why: `${FILE} has 1 bytes instead of 4` });
    expect(await store.fetch(kind, key)).toBeUndefined();
    expect((await store.put(sealed(1, 'one\n'))).state).toBe('added');
    expect(contentOf((await store.fetch(kind, key))!)).toBe('one\n');
  });

  it('has nothing of a put that failed', async () => {
    const { store } = open();
    const one = sealed(1, 'one\n');
    rmSync(one.folder, { recursive: true, force: true });
    await expect(store.put(one)).rejects.toMatchObject({ code: 'E_STORE' });
    expect(await store.find('made', one.manifest.key)).toEqual({ state: 'absent' });
  });

  it('shows an artifact whole or not at all while it is put', async () => {
    const { store } = open();
    const one = sealed(1, 'one\n'.repeat(100_000));
    const seen: number[] = [];
    let ended = false;
    const put = store.put(one).finally(() => {
      ended = true;
    });
    const watch = async (): Promise<void> => {
      while (!ended || seen.length === 0) {
        const fetched = await store.fetch('made', one.manifest.key);
        if (fetched) seen.push(statSync(join(fetched.path, FILE)).size);
        await new Promise(setImmediate);
      }
    };
    await Promise.all([put, watch()]);
    expect(new Set(seen)).toEqual(new Set([400_000]));
    expect((await put).state).toBe('added');
  });

  it('gives two concurrent puts of one key the same artifact', async () => {
    const { store } = open();
    const puts = await Promise.all([store.put(sealed(1, 'one\n')), store.put(sealed(1, 'one\n'))]);
    expect(puts.map(({ state }) => state).sort()).toEqual(['added', 'there']);
    for (const { artifact } of puts) expect(contentOf(artifact)).toBe('one\n');
  });

  it('keeps one of two concurrent puts with other content', async () => {
    const { store } = open();
    const puts = await Promise.all([store.put(sealed(1, 'one\n')), store.put(sealed(1, 'two\n'))]);
    expect(puts.map(({ state }) => state).sort()).toEqual(['added', 'conflict']);
    const [first, second] = puts.map(({ artifact }) => artifact);
    expect(existsSync(first!.path)).toBe(true);
    expect(contentOf(first!)).toBe(contentOf(second!));
  });

  it('remembers aliases', async () => {
    const { store } = open();
    const [{ kind, key }, { key: target }] = [manifestFor(1), manifestFor(2)];
    const alias: Alias = {
      format: 1,
      kind,
      key,
      target,
      because: ['the code changed'],
      accepted: '2026-01-31',
    };
    expect(await store.findAlias(kind, key)).toBeUndefined();
    await store.putAlias(alias);
    expect(await store.findAlias(kind, key)).toEqual(alias);
    expect(await store.findAlias(kind, target)).toBeUndefined();
  });
}
