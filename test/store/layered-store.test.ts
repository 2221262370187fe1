import { chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layeredStore } from '../../src/store/layered-store.ts';
import { artifactFolder } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { emptyStore } from '../history/records.ts';
import { makeArtifact, manifestFor } from './fixtures.ts';
import { storeContract } from './store-contract.ts';

describe('a store in front of another', () => {
  storeContract(() => {
    const front = emptyStore();
    return {
      store: layeredStore(localStore(front), localStore(emptyStore())),
      damage: (kind, key, file) => {
        const path = join(artifactFolder(front, kind, key), file);
        chmodSync(path, 0o644);
        truncateSync(path, 1);
      },
    };
  });

  it('reads from the second what the first lacks, and leaves it as it is', async () => {
    const [front, back] = [emptyStore(), emptyStore()];
    const artifact = makeArtifact(back, 1);
    const store = layeredStore(localStore(front), localStore(back));
    const { kind, key } = artifact.manifest;
    expect(await store.find(kind, key)).toEqual({ state: 'found', artifact });
    expect(await store.fetch(kind, key)).toEqual(artifact);
    expect(await store.find(kind, manifestFor(2).key)).toEqual({ state: 'absent' });
    expect(await localStore(front).find(kind, key)).toEqual({ state: 'absent' });
  });
});
