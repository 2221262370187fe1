/** A shared folder behind the store that has no room, or may not be written. */
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IS_ROOT, mountSmall, remount } from '../../helpers/mount.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { machine, sealed } from './fixtures.ts';

describe.runIf(IS_ROOT)('a folder behind the store (needs root to mount one)', () => {
  it.each([
    ['is full', 'size=256k', 'size=8m', /takes no uploads: writing .*no space/i],
    ['is read-only', 'size=8m,ro', 'rw', /takes no uploads: writing .*read-only/i],
  ])(
    'that %s costs the upload and nothing else, which is made up for later',
    async (_, small, mended, said) => {
      const folder = temporaryFolder();
      if (!mountSmall(folder, small)) return;
      const settings = { address: pathToFileURL(folder).href };
      const large = sealed(1, { 'large.txt': 'x'.repeat(1_000_000) });
      const first = machine(settings);
      await first.store.put(large);
      await first.uploaded();
      expect(first.notices).toEqual([expect.stringMatching(said)]);
      expect(first.remote.pending().artifacts).toBe(1);
      const other = machine(settings);
      expect(await other.store.find('made', large.manifest.key)).toEqual({ state: 'absent' });
      expect(other.notices).toEqual([]);

      remount(folder, mended);
      const found = await first.store.fetch('made', large.manifest.key);
      await machine(settings).remote.send(found!);
      expect(await machine(settings).store.fetch('made', large.manifest.key)).toBeDefined();
    },
  );
});
