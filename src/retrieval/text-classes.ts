import { row, rowCount, type Ragged } from '../formats/ragged.ts';

/**
 * For each document the first one with the same token sequence: equal numbers, equal texts. [documents] The hash table
 * has open addressing in one typed array, because a Map holds at most 16.7 million entries.
 */
export function textClassesOf(documents: Ragged): Uint32Array {
  const classes = new Uint32Array(rowCount(documents));
  // A power of two above twice the number of documents.
  const slots = 2 ** (33 - Math.clz32(classes.length));
  // The first document of each class, plus 1; 0 is free.
  const table = new Uint32Array(slots);
  for (let document = 0; document < classes.length; document++) {
    const tokens = row(documents, document);
    let slot = hashOf(tokens) % slots;
    while (table[slot] !== 0 && !sameTokens(tokens, row(documents, table[slot]! - 1)))
      slot = (slot + 1) % slots;
    if (table[slot] === 0) table[slot] = document + 1;
    classes[document] = table[slot]! - 1;
  }
  return classes;
}

/** FNV-1a over 32-bit words. */
function hashOf(tokens: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const token of tokens) hash = Math.imul(hash ^ token, 0x01000193);
  // The low bits choose the slot.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function sameTokens(left: Uint32Array, right: Uint32Array): boolean {
  return left.length === right.length && left.every((token, i) => token === right[i]);
}
