/**
 * An example of a second store: artifacts of this machine first, then those of a remote folder, which are copied here
 * only when somebody fetches them. What is put goes to both. It uses of the remote folder what an object storage has:
 * reading, writing and deleting one file by name.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Key } from '../../src/base/hash.ts';
import { MANIFEST } from '../../src/store/layout.ts';
import { digestOfFiles, type Manifest } from '../../src/store/manifest.ts';
import { seal } from '../../src/store/seal.ts';
import type { Artifact, Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

/** What was read from the remote folder. */
export interface Traffic {
  manifests: number;
  files: number;
}

export function mirroredStore(local: Store, remote: string, traffic: Traffic): Store {
  const nameOf = (kind: string, key: Key, file: string): string => join(remote, kind, key, file);

  const remoteManifest = (kind: string, key: Key): Manifest | undefined => {
    const file = nameOf(kind, key, MANIFEST);
    if (!existsSync(file)) return undefined;
    traffic.manifests += 1;
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  };

  /** Files before the manifest: whoever finds a manifest finds everything. */
  const upload = ({ path, manifest }: Artifact): void => {
    const { kind, key } = manifest;
    rmSync(nameOf(kind, key, MANIFEST), { force: true });
    for (const file of [...manifest.files.map((one) => one.path), MANIFEST]) {
      const name = nameOf(kind, key, file);
      mkdirSync(dirname(name), { recursive: true });
      copyFileSync(join(path, file), `${name}.part`);
      renameSync(`${name}.part`, name);
    }
  };

  /** A remote folder whose bytes are not those of its manifest is a miss. */
  const download = async (manifest: Manifest): Promise<Artifact | undefined> => {
    const work = temporaryFolder();
    const folder = join(work, 'output');
    for (const { path } of manifest.files) {
      traffic.files += 1;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), readFileSync(nameOf(manifest.kind, manifest.key, path)));
    }
    if (digestOfFiles(seal(folder, {})) !== manifest.digest) return undefined;
    return (await local.put({ work, folder, manifest })).artifact;
  };

  const fetch: Store['fetch'] = async (kind, key) => {
    const here = await local.fetch(kind, key);
    if (here) return here;
    const manifest = remoteManifest(kind, key);
    return manifest && download(manifest);
  };

  return {
    fetch,
    async find(kind, key) {
      const lookup = await local.find(kind, key);
      if (lookup.state === 'found') return lookup;
      const manifest = remoteManifest(kind, key);
      return manifest ? { state: 'found', artifact: { manifest, path: null } } : lookup;
    },
    async put(sealed, options) {
      const { kind, key, digest } = sealed.manifest;
      const there = await fetch(kind, key);
      const isSame = there?.manifest.digest === digest;
      if (there && (isSame || options?.replace !== true))
        return { state: isSame ? 'there' : 'conflict', artifact: there };
      const put = await local.put(sealed, options);
      if (put.state === 'added' || put.state === 'replaced') upload(put.artifact);
      return put;
    },
    findAlias: (kind, key) => local.findAlias(kind, key),
    putAlias: (alias) => local.putAlias(alias),
  };
}
