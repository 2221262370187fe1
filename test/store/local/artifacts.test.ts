import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/base/hash.ts';
import { commitArtifact, findArtifact } from '../../../src/store/local/artifacts.ts';
import { storeLayout, type StoreLayout } from '../../../src/store/layout.ts';
import { digestOfFiles, keyOf, type KeyDocument, type Manifest } from '../../../src/store/manifest.ts';
import { seal } from '../../../src/store/seal.ts';
import { beginWork, removeAbandonedWork } from '../../../src/store/local/work.ts';
import type { Put, PutOptions } from '../../../src/store/store.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

const document: KeyDocument = {
  format: 1,
  kind: 'demo',
  code: 'c0de' as Digest,
  parameters: { size: 1 },
  inputs: {},
  engine: null,
  libraries: {},
};

/** Writes files as a stage would and commits them. */
function make(layout: StoreLayout, files: Readonly<Record<string, string>>, options?: PutOptions): Put {
  const key = keyOf(document);
  const work = beginWork(layout, key);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(work.output, name, '..'), { recursive: true });
    writeFileSync(join(work.output, name), content);
  }
  const sealed = seal(work.output, {});
  const manifest: Manifest = {
    format: 1,
    kind: 'demo',
    key,
    digest: digestOfFiles(sealed),
    type: 'files',
    keyDocument: document,
    files: sealed,
    metrics: {},
    headline: null,
    producer: {
      version: '0',
      node: 'v20',
      platform: 'test',
      threads: 1,
      started: '',
      seconds: 0,
      peakMemoryBytes: 0,
    },
  };
  return commitArtifact(layout, { work: work.folder, folder: work.output, manifest }, options);
}

describe('the artifact store', () => {
  it('finds what was committed, read-only, under its key', () => {
    const layout = storeLayout(temporaryFolder());
    expect(findArtifact(layout, 'demo', keyOf(document)).state).toBe('absent');
    const { artifact } = make(layout, { 'a.txt': 'alpha', 'sub/b.txt': 'beta' });
    expect(artifact.path).toBe(join(layout.root, 'demo', keyOf(document)));
    expect(artifact.manifest.files.map((file) => file.path)).toEqual(['a.txt', 'sub/b.txt']);
    expect(statSync(join(artifact.path, 'a.txt')).mode & 0o777).toBe(0o444);
    expect(findArtifact(layout, 'demo', keyOf(document))).toEqual({ state: 'found', artifact });
  });

  it('sees a file that was removed or cut short', () => {
    const layout = storeLayout(temporaryFolder());
    const { artifact } = make(layout, { 'a.txt': 'alpha' });
    const file = join(artifact.path, 'a.txt');
    chmodSync(file, 0o644);
    writeFileSync(file, 'alp');
    expect(findArtifact(layout, 'demo', keyOf(document))).toEqual({
      state: 'damaged',
      why: 'a.txt has 3 bytes instead of 5',
    });
  });

  it('replaces an artifact only where it is asked to and the bytes differ', () => {
    const layout = storeLayout(temporaryFolder());
    expect(make(layout, { 'a.txt': 'alpha' }).state).toBe('added');
    expect(make(layout, { 'a.txt': 'alpha' }, { replace: true }).state).toBe('there');
    expect(make(layout, { 'a.txt': 'other' }).state).toBe('conflict');
    const { artifact, state } = make(layout, { 'a.txt': 'other' }, { replace: true });
    expect(state).toBe('replaced');
    expect(readFileSync(join(artifact.path, 'a.txt'), 'utf8')).toBe('other');
  });

  it('digests names and contents, not the order in which they were written', () => {
    const one = make(storeLayout(temporaryFolder()), { 'a.txt': '1', 'b.txt': '2' });
    const two = make(storeLayout(temporaryFolder()), { 'b.txt': '2', 'a.txt': '1' });
    const three = make(storeLayout(temporaryFolder()), { 'a.txt': '2', 'b.txt': '1' });
    expect(one.artifact.manifest.digest).toBe(two.artifact.manifest.digest);
    expect(one.artifact.manifest.digest).not.toBe(three.artifact.manifest.digest);
  });

  it('takes no links and no manifest of the stage', () => {
    const folder = temporaryFolder();
    symlinkSync('/etc/hostname', join(folder, 'link'));
    expect(() => seal(folder, {})).toThrow('link is neither a file nor a folder');
    const other = temporaryFolder();
    writeFileSync(join(other, 'manifest.json'), '{}');
    expect(() => seal(other, {})).toThrow('a stage may not write manifest.json');
  });

  it('clears away the work of dead processes, and puts back an artifact that one was replacing', () => {
    const layout = storeLayout(temporaryFolder());
    const { artifact } = make(layout, { 'a.txt': 'alpha' });
    const [work] = readdirSync(layout.tmp);
    const folder = join(layout.tmp, work!);
    // As a crash between the two renames of a replacement leaves it.
    mkdirSync(join(folder, 'replaced', 'demo'), { recursive: true });
    writeFileSync(
      join(folder, 'owner.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, started: '1', host: '', boot: '' }),
    );
    removeAbandonedWork(layout);
    expect(existsSync(folder)).toBe(true);
    const owner = JSON.parse(
      readFileSync(join(beginWork(layout, keyOf(document)).folder, 'owner.json'), 'utf8'),
    ) as object;
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
    renameSync(artifact.path, join(folder, 'replaced', 'demo', keyOf(document)));
    removeAbandonedWork(layout);
    expect(existsSync(folder)).toBe(false);
    expect(findArtifact(layout, 'demo', keyOf(document)).state).toBe('found');
    expect(readdirSync(layout.tmp)).toHaveLength(1);
  });
});
