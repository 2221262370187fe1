import type { Place } from '../text/source.ts';
import { isNull, mapNode, type Entry, type MapNode, type Node } from '../text/tree.ts';

/**
 * Deep merge: mappings are merged name by name, everything else is replaced, and null removes what the base has.
 * Values from the overlay keep their places in the overlay.
 */
export function merge(base: MapNode, overlay: MapNode): MapNode {
  const entries = new Map<string, Entry>(base.entries);
  const over = keysOf(base);
  for (const [name, entry] of overlay.entries) {
    const old = base.entries.get(name);
    const below = old?.value;
    if (below && isNull(entry.value)) entries.delete(name);
    else
      entries.set(name, {
        key: entry.key,
        value: below ? mergeValues(below, entry.value) : entry.value,
        ...(isRepeated(old, entry.value) ? overOf(old) : { over }),
      });
  }
  return mapNode(entries, overlay.place);
}

function mergeValues(base: Node, overlay: Node): Node {
  return base.type === 'map' && overlay.type === 'map' ? merge(base, overlay) : overlay;
}

/** The keys in a mapping and the mappings below it, as `Entry.over` has them. */
export function keysOf(map: MapNode, except: ReadonlySet<Place> = new Set()): ReadonlySet<Place> {
  const keys = new Set<Place>();
  const visit = ({ entries }: MapNode): void => {
    for (const { key, value } of entries.values()) {
      if (!except.has(key)) keys.add(key);
      if (value.type === 'map') visit(value);
    }
  };
  visit(map);
  return keys;
}

/** A scalar that is given again with the value that it has changes nothing, so nothing next to it is out of date. */
export function isRepeated(old: Entry | undefined, value: Node): old is Entry {
  return old?.value.type === 'scalar' && value.type === 'scalar' && old.value.value === value.value;
}

export const overOf = ({ over }: Entry): Pick<Entry, 'over'> => (over ? { over } : {});

/** The mapping with one entry set, removed (null) or added. */
export function withEntry(map: MapNode, name: string, entry: Entry): MapNode {
  const entries = new Map(map.entries);
  if (isNull(entry.value) && entries.has(name)) entries.delete(name);
  else entries.set(name, entry);
  return mapNode(entries, map.place);
}
