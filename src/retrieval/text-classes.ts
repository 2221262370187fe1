import { row, rowCount, type Ragged } from '../formats/ragged.ts';

/** For each document the first one with the same token sequence: equal numbers, equal texts. [documents] */
export function textClassesOf(documents: Ragged): Uint32Array {
  const classes = new Uint32Array(rowCount(documents));
  const byHash = new Map<number, number[]>();
  for (let document = 0; document < classes.length; document++) {
    const tokens = row(documents, document);
    const hash = hashOf(tokens);
    const others = byHash.get(hash);
    const twin = others?.find((other) => sameTokens(tokens, row(documents, other)));
    classes[document] = twin ?? document;
    if (twin !== undefined) continue;
    if (others) others.push(document);
    else byHash.set(hash, [document]);
  }
  return classes;
}

/** FNV-1a over 32-bit words. */
function hashOf(tokens: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const token of tokens) hash = Math.imul(hash ^ token, 0x01000193);
  return hash >>> 0;
}

function sameTokens(left: Uint32Array, right: Uint32Array): boolean {
  return left.length === right.length && left.every((token, i) => token === right[i]);
}
