import { chmodSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import type { Key } from '../../../src/base/hash.ts';
import { artifactFolder } from '../../../src/store/layout.ts';
import type { Manifest } from '../../../src/store/manifest.ts';
import { contentName, entryName } from '../../../src/store/remote/names.ts';
import { storeContract, type Opened } from '../store-contract.ts';
import { folderSettings, machine } from './fixtures.ts';

/** Cuts the file short on this machine and in the shared folder. */
function opened(): Opened {
  const settings = folderSettings();
  const { store, layout, uploaded } = machine(settings);
  const root = fileURLToPath(settings.address);
  return {
    store: {
      ...store,
      async put(...asked) {
        const put = await store.put(...asked);
        await uploaded();
        return put;
      },
    },
    damage(kind: string, key: Key, file: string) {
      const entry = JSON.parse(readFileSync(join(root, entryName(kind, key)), 'utf8')) as {
        manifest: Manifest;
      };
      const { sha256 } = entry.manifest.files.find(({ path }) => path === file)!;
      for (const path of [join(artifactFolder(layout, kind, key), file), join(root, contentName(sha256))]) {
        chmodSync(path, 0o644);
        truncateSync(path, 1);
      }
    },
  };
}

describe('a store with a shared folder behind it', () => {
  storeContract(opened);
});
