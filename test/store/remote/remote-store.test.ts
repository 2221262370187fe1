/** A shared folder as remote store, and what can be wrong with it. Real servers are in servers.slow.test.ts. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MANIFEST } from '../../../src/store/layout.ts';
import type { Manifest } from '../../../src/store/manifest.ts';
import { contentName, entryName } from '../../../src/store/remote/names.ts';
import { verifyRemote } from '../../../src/store/remote/verify.ts';
import type { Sealed } from '../../../src/store/store.ts';
import { folderSettings, machine, sealed, type Settings } from './fixtures.ts';

const pathIn = ({ address }: Settings, name: string): string => join(fileURLToPath(address), name);
const entryOf = (settings: Settings, { manifest }: Sealed): string =>
  pathIn(settings, entryName(manifest.kind, manifest.key));
const blobOf = (settings: Settings, { manifest }: Sealed, index = 0): string =>
  pathIn(settings, contentName(manifest.files[index]!.sha256));

/** Puts the artifact on one machine and waits for the upload. */
async function published(settings: Settings, one: Sealed): Promise<void> {
  const first = machine(settings);
  await first.store.put(one);
  await first.uploaded();
}

/** Whether another machine can have it, and what its user is told. */
async function fetched(settings: Settings, { manifest }: Sealed): Promise<[boolean, readonly string[]]> {
  const other = machine(settings);
  const artifact = await other.store.fetch(manifest.kind, manifest.key);
  other.remote.close();
  return [artifact !== undefined, other.notices];
}

describe('a remote store', () => {
  it('gives another machine the manifest alone, and the files when they are fetched', async () => {
    const settings = folderSettings();
    const one = sealed(1, { 'a.txt': 'a\n', 'deep/b.txt': 'b\n', 'empty.txt': '' });
    await published(settings, one);
    const { store, layout } = machine(settings);
    const { kind, key } = one.manifest;
    expect(await store.find(kind, key)).toEqual({
      state: 'found',
      artifact: { manifest: one.manifest, path: null },
    });
    expect(existsSync(join(layout.root, kind))).toBe(false);
    const artifact = (await store.fetch(kind, key))!;
    expect(readFileSync(join(artifact.path, 'deep/b.txt'), 'utf8')).toBe('b\n');
    expect(readdirSync(layout.tmp)).toEqual([]);
    expect(await store.find(kind, key)).toMatchObject({ artifact: { path: artifact.path } });
  });

  it('keeps a file that several artifacts have once, and writes entries last', async () => {
    const settings = folderSettings();
    await published(settings, sealed(1, { 'a.txt': 'same\n' }));
    await published(settings, sealed(2, { 'b.txt': 'same\n' }));
    const blobs = readdirSync(pathIn(settings, 'cas'), { recursive: true, withFileTypes: true });
    expect(blobs.filter((entry) => entry.isFile())).toHaveLength(1);
    expect(readdirSync(pathIn(settings, 'ac/made'))).toHaveLength(2);
  });

  it('fetches again after a transfer was interrupted', async () => {
    const settings = folderSettings();
    const one = sealed(1, { 'a.txt': 'a\n' });
    await published(settings, one);
    const { store, remote } = machine(settings);
    const { kind, key } = one.manifest;
    const fetching = store.fetch(kind, key).catch(() => 'interrupted');
    remote.interrupt();
    await fetching;
    expect(await store.fetch(kind, key)).toBeDefined();
  });

  it('takes nothing where it is read only, or where nothing is to be pushed', async () => {
    for (const more of [{ mode: 'read' }, { push: false }] as const) {
      const settings = { ...folderSettings(), ...more };
      await published(settings, sealed(1));
      expect(readdirSync(fileURLToPath(settings.address))).toEqual([]);
    }
  });

  it('keeps the first content of a key, and reports other content', async () => {
    const settings = folderSettings();
    await published(settings, sealed(1, { 'a.txt': 'first\n' }));
    const second = machine(settings);
    await second.store.put(sealed(1, { 'a.txt': 'second\n' }));
    await second.uploaded();
    expect(second.notices).toEqual([
      expect.stringMatching(/has other bytes for made\/[0-9a-f]{16}…, and they stay$/),
    ]);
    expect((await fetched(settings, sealed(1, { 'a.txt': 'first\n' })))[0]).toBe(true);
    expect(readFileSync(entryOf(settings, sealed(1)), 'utf8')).toContain(
      sealed(1, { 'a.txt': 'first\n' }).manifest.digest,
    );
  });

  it('lets one of several machines win that finish at the same moment', async () => {
    const settings = folderSettings();
    const machines = Array.from({ length: 8 }, () => machine(settings));
    await Promise.all(machines.map(({ store }, index) => store.put(sealed(1, { 'a.txt': `${index}\n` }))));
    await Promise.all(machines.map(({ uploaded }) => uploaded()));
    expect(machines.filter(({ notices }) => notices.length > 0)).toHaveLength(7);
  });
});

describe('what is wrong in a remote store', () => {
  it('a poisoned file is a miss with a warning, and is healed by the machine that makes it again', async () => {
    const settings = folderSettings();
    const one = sealed(1, { 'a.txt': 'good\n' });
    await published(settings, one);
    rmSync(blobOf(settings, one), { force: true });
    writeFileSync(blobOf(settings, one), 'evil\n');
    const other = machine(settings);
    const { kind, key } = one.manifest;
    expect(await other.store.find(kind, key)).toMatchObject({ state: 'found' });
    expect(await other.store.fetch(kind, key)).toBeUndefined();
    expect(other.notices).toEqual([
      expect.stringMatching(
        /^made\/.* cannot be fetched from the remote store .*: a\.txt has other bytes than its name says$/,
      ),
    ]);
    expect(await other.store.find(kind, key)).toEqual({ state: 'absent' });
    await other.store.put(sealed(1, { 'a.txt': 'good\n' }));
    await other.uploaded();
    expect(await fetched(settings, one)).toEqual([true, []]);
  });

  it.each([
    [
      'an evicted file',
      (path: string) => {
        rmSync(path);
      },
      'a.txt is missing',
    ],
    [
      'a file that was cut short',
      (path: string) => {
        writeFileSync(path, 'g');
      },
      'a.txt has 1 bytes instead of 5',
    ],
  ])('%s is a miss with a warning', async (_, spoil, why) => {
    const settings = folderSettings();
    const one = sealed(1, { 'a.txt': 'good\n' });
    await published(settings, one);
    rmSync(blobOf(settings, one), { force: true });
    writeFileSync(blobOf(settings, one), 'good\n');
    spoil(blobOf(settings, one));
    expect(await fetched(settings, one)).toEqual([false, [expect.stringContaining(why)]]);
  });

  it.each<[string, (entry: { manifest: Manifest }, other: Manifest) => unknown, string]>([
    ['text', () => 'no JSON', 'its format is unknown to this version'],
    [
      'the manifest of another artifact',
      (_, manifest) => ({ format: 1, manifest }),
      'it is that of another artifact',
    ],
    [
      'another file in the manifest',
      ({ manifest }, other) => ({ format: 1, manifest: { ...manifest, files: other.files } }),
      'its files do not give its digest',
    ],
    [
      'a path out of the artifact',
      ({ manifest }) => ({
        format: 1,
        manifest: { ...manifest, files: [{ ...manifest.files[0]!, path: '../../../escaped' }] },
      }),
      'its manifest is incomplete',
    ],
  ])('an entry with %s is not used', async (_, poisoned, why) => {
    const settings = folderSettings();
    const [one, two] = [sealed(1), sealed(2)];
    await published(settings, one);
    const entry = JSON.parse(readFileSync(entryOf(settings, one), 'utf8')) as { manifest: Manifest };
    writeFileSync(entryOf(settings, one), JSON.stringify(poisoned(entry, two.manifest)));
    expect(await fetched(settings, one)).toEqual([false, [expect.stringContaining(why)]]);
    // Whoever makes it puts a sound entry in its place.
    await published(settings, sealed(1));
    expect(await fetched(settings, one)).toEqual([true, []]);
  });

  it('a file that is no manifest of ours is never read through the name of one', async () => {
    const settings = folderSettings();
    await published(settings, sealed(1, { 'a.txt': 'x' }));
    expect(readdirSync(dirname(blobOf(settings, sealed(1, { 'a.txt': 'x' }))))).not.toContain(MANIFEST);
  });

  it('a mount that is gone is not an empty store: nothing is written below it, and the user is told once', async () => {
    const settings = folderSettings();
    rmSync(fileURLToPath(settings.address), { recursive: true });
    const { store, notices, uploaded, remote } = machine(settings);
    for (const id of [1, 2, 3]) {
      expect(await store.find('made', sealed(id).manifest.key)).toEqual({ state: 'absent' });
      await store.put(sealed(id));
    }
    await uploaded();
    expect(notices).toEqual([expect.stringContaining('is not used: reading ac/made/')]);
    expect(remote.pending()).toEqual({ artifacts: 3, bytes: 6 });
    expect(existsSync(fileURLToPath(settings.address))).toBe(false);
  });
});

describe('signatures', () => {
  const signing = (key: string | undefined, more: Partial<Settings> = {}) => ({
    env: key === undefined ? {} : { PIPELINE_STORE_KEY: key },
    ...more,
  });

  it('let those who have the key use what others with the key have made', async () => {
    const settings = { ...folderSettings(), ...signing('team') };
    await published(settings, sealed(1));
    expect(await fetched({ ...settings, signing: 'required' }, sealed(1))).toEqual([true, []]);
    expect(readFileSync(entryOf(settings, sealed(1)), 'utf8')).not.toContain('team');
  });

  it('refuse an entry that was changed, or signed with another key', async () => {
    const settings = { ...folderSettings(), ...signing('team') };
    await published(settings, sealed(1));
    const why = 'its signature is not that of PIPELINE_STORE_KEY';
    expect(await fetched({ ...settings, ...signing('stranger') }, sealed(1))).toEqual([
      false,
      [expect.stringContaining(why)],
    ]);
    const entry = JSON.parse(readFileSync(entryOf(settings, sealed(1)), 'utf8')) as { manifest: Manifest };
    const forged = { ...entry, manifest: { ...entry.manifest, metrics: { 'mrr@10': 0.99 } } };
    writeFileSync(entryOf(settings, sealed(1)), JSON.stringify(forged));
    expect(await fetched(settings, sealed(1))).toEqual([false, [expect.stringContaining(why)]]);
  });

  it('are missed where they are required, and said to be missing where they are not', async () => {
    const settings = folderSettings();
    for (const id of [1, 2, 3]) await published(settings, sealed(id));
    const other = machine({ ...settings, ...signing('team') });
    for (const id of [1, 2, 3]) await other.store.find('made', sealed(id).manifest.key);
    other.remote.close();
    expect(other.notices).toEqual([
      expect.stringMatching(/^made\/.* has no signature$/),
      '2 more results of the remote store have no signature',
    ]);
    const required = { ...settings, ...signing('team'), signing: 'required' as const };
    expect(await fetched(required, sealed(1))).toEqual([
      false,
      [expect.stringContaining('it has no signature')],
    ]);
    // Made again by somebody with the key, it is signed.
    await published(required, sealed(1));
    expect(await fetched(required, sealed(1))).toEqual([true, []]);
  });

  it('are reported where they are wrong, and the entry stays: this machine may have the wrong key', async () => {
    const settings = { ...folderSettings(), ...signing('team') };
    await published(settings, sealed(1));
    const { remote } = machine({ ...settings, ...signing('stranger') });
    const { damaged } = await verifyRemote(await remote.objects(), { signer: remote.signer });
    expect(damaged).toMatchObject([{ faults: [expect.stringContaining('its signature is not')], names: [] }]);
  });

  it('need a key where they are required', () => {
    expect(() => machine({ ...folderSettings(), signing: 'required' })).toThrow(
      'store.sign is required, and PIPELINE_STORE_KEY is not set',
    );
  });
});
