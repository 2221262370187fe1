import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeIdentity } from '../../src/store/identity.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

describe('the identity of a store', () => {
  it('is the same under every path of the folder', () => {
    const folder = temporaryFolder();
    const mounted = join(temporaryFolder(), 'mounted');
    symlinkSync(folder, mounted);
    expect(storeIdentity(storeLayout(mounted))).toBe(storeIdentity(storeLayout(folder)));
  });

  it('differs between folders, and is made again where the cache was deleted', () => {
    const layout = storeLayout(temporaryFolder());
    const first = storeIdentity(layout);
    expect(storeIdentity(storeLayout(temporaryFolder()))).not.toBe(first);
    rmSync(layout.cache, { recursive: true });
    expect(storeIdentity(layout)).not.toBe(first);
  });
});
