/**
 * Two stores as one: what the front store lacks is read from the back store, which is never written and whose files are
 * used where they are. It copies nothing; a store that downloads is an implementation of its own.
 */
import type { Store } from './store.ts';

export function layeredStore(front: Store, back: Store): Store {
  return {
    async find(kind, key, options) {
      const lookup = await front.find(kind, key, options);
      if (lookup.state === 'found') return lookup;
      const behind = await back.find(kind, key, options);
      return behind.state === 'found' || lookup.state === 'absent' ? behind : lookup;
    },
    fetch: async (kind, key) => (await front.fetch(kind, key)) ?? back.fetch(kind, key),
    put: (sealed, options) => front.put(sealed, options),
    findAlias: async (kind, key) => (await front.findAlias(kind, key)) ?? back.findAlias(kind, key),
    putAlias: (alias) => front.putAlias(alias),
  };
}
