import { chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { artifactFolder } from '../../../src/store/layout.ts';
import { localStore } from '../../../src/store/local/local-store.ts';
import { emptyStore } from '../../history/records.ts';
import { storeContract } from '../store-contract.ts';

describe('the store on this machine', () => {
  storeContract(() => {
    const layout = emptyStore();
    return {
      store: localStore(layout),
      damage: (kind, key, file) => {
        const path = join(artifactFolder(layout, kind, key), file);
        chmodSync(path, 0o644);
        truncateSync(path, 1);
      },
    };
  });
});
