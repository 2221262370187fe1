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
    const below = base.entries.get(name)?.value;
    if (below && isNull(entry.value)) entries.delete(name);
    else
      entries.set(name, {
        key: entry.key,
        value: below ? mergeValues(below, entry.value) : entry.value,
        over,
      });
  }
  return mapNode(entries, overlay.place);
}

function mergeValues(base: Node, overlay: Node): Node {
  return base.type === 'map' && overlay.type === 'map' ? merge(base, overlay) : overlay;
}

/** The keys of a mapping, as `Entry.over` has them. */
export function keysOf(map: MapNode, except: ReadonlySet<Place> = new Set()): ReadonlySet<Place> {
  return new Set([...map.entries.values()].map(({ key }) => key).filter((key) => !except.has(key)));
}

/** The mapping with one entry set, removed (null) or added. */
export function withEntry(map: MapNode, name: string, entry: Entry): MapNode {
  const entries = new Map(map.entries);
  if (isNull(entry.value) && entries.has(name)) entries.delete(name);
  else entries.set(name, entry);
  return mapNode(entries, map.place);
}
