import { isNull, mapNode, type Entry, type MapNode, type Node } from '../text/tree.ts';

/**
 * Deep merge: mappings are merged name by name, everything else is replaced, and null removes what the base has.
 * Values from the overlay keep their places in the overlay.
 */
export function merge(base: MapNode, overlay: MapNode): MapNode {
  const entries = new Map<string, Entry>(base.entries);
  for (const [name, entry] of overlay.entries) {
    const below = base.entries.get(name)?.value;
    if (below && isNull(entry.value)) entries.delete(name);
    else entries.set(name, { key: entry.key, value: below ? mergeValues(below, entry.value) : entry.value });
  }
  return mapNode(entries, overlay.place);
}

function mergeValues(base: Node, overlay: Node): Node {
  return base.type === 'map' && overlay.type === 'map' ? merge(base, overlay) : overlay;
}

/** The mapping with one entry set, removed (null) or added. */
export function withEntry(map: MapNode, name: string, entry: Entry): MapNode {
  const entries = new Map(map.entries);
  if (isNull(entry.value) && entries.has(name)) entries.delete(name);
  else entries.set(name, entry);
  return mapNode(entries, map.place);
}
