import { chmodSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { artifactFolder } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { emptyStore } from '../history/records.ts';
import { mirroredStore } from './mirrored-store.ts';
import { storeContract } from './store-contract.ts';

describe('a store with a remote behind it', () => {
  storeContract(() => {
    const local = emptyStore();
    const remote = temporaryFolder();
    return {
      store: mirroredStore(localStore(local), remote, { manifests: 0, files: 0 }),
      damage: (kind, key, file) => {
        rmSync(artifactFolder(local, kind, key), { recursive: true });
        const path = join(remote, kind, key, file);
        chmodSync(path, 0o644);
        truncateSync(path, 1);
      },
    };
  });
});
