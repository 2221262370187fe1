/** Views that take long to make, such as the map of embeddings, are kept as text while they are used. */

/** Characters of all kept views together. */
const MOST_KEPT = 64_000_000;

export interface KeptViews {
  /** The text that `make` gave for the name before, or gives now. Only what never changes may be kept. */
  get(name: string, make: () => Promise<string | undefined>): Promise<string | undefined>;
}

export function keptViews(most = MOST_KEPT): KeptViews {
  const kept = new Map<string, string>();
  const making = new Map<string, Promise<string | undefined>>();
  let size = 0;
  const keep = (name: string, text: string): void => {
    kept.set(name, text);
    size += text.length;
    for (const [old, { length }] of kept) {
      if (size <= most || old === name) break;
      kept.delete(old);
      size -= length;
    }
  };
  return {
    async get(name, make) {
      const known = kept.get(name);
      if (known !== undefined) {
        kept.delete(name);
        kept.set(name, known);
        return known;
      }
      // Several who ask at the same time wait for the same work.
      let made = making.get(name);
      if (!made) making.set(name, (made = make().finally(() => making.delete(name))));
      const text = await made;
      if (text !== undefined && !kept.has(name)) keep(name, text);
      return text;
    },
  };
}
