/**
 * The local store with a remote one behind it. What is found there moves its manifest only; its files come when somebody
 * fetches them, and go through the local store. What is put is uploaded in the background.
 */
import type { Store } from '../store.ts';
import type { Remote } from './remote.ts';

export function remoteBackedStore(local: Store, remote: Remote): Store {
  return {
    async find(kind, key, options) {
      const here = await local.find(kind, key);
      if (here.state === 'found') return here;
      const manifest = await remote.find(kind, key, options?.fresh);
      return manifest ? { state: 'found', artifact: { manifest, path: null } } : here;
    },
    async fetch(kind, key) {
      const here = await local.fetch(kind, key);
      if (here) return here;
      const manifest = await remote.find(kind, key);
      return manifest && remote.fetch(manifest, local);
    },
    async put(sealed, options) {
      const put = await local.put(sealed, options);
      remote.add(put.artifact);
      return put;
    },
    findAlias: (kind, key) => local.findAlias(kind, key),
    putAlias: (alias) => local.putAlias(alias),
  };
}
