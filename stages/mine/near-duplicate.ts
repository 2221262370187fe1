/**
 * Near-duplicates: the Jaccard similarity of the shingle sets of two documents (Broder 1997, "On the resemblance and
 * containment of documents"). Computed from sets of 32-bit hashes without MinHash sketches; for most pairs the sizes of
 * the sets are enough.
 */
import { row, type Ragged } from '../../src/formats/ragged.ts';

export interface NearDuplicates {
  /** Whether the similarity of two documents reaches the threshold. */
  alike(left: number, right: number): boolean;
}

/** Limits of the sets in memory, which are made again when they are needed: 256 MiB of hashes, and their number. */
const MOST_KEPT = 1 << 26;
const MOST_SETS = 1 << 20;

export function nearDuplicates(documents: Ragged, width: number, threshold: number): NearDuplicates {
  const sets = new Map<number, Uint32Array>();
  let kept = 0;
  const setOf = (document: number): Uint32Array => {
    const known = sets.get(document);
    if (known) return known;
    const made = shingles(row(documents, document), width);
    kept += made.length + 1;
    if (kept > MOST_KEPT || sets.size >= MOST_SETS) {
      sets.clear();
      kept = made.length + 1;
    }
    sets.set(document, made);
    return made;
  };
  return {
    alike: (left, right) => reaches(setOf(left), setOf(right), threshold),
  };
}

/** Hashes of the distinct runs of `width` tokens, ascending; a shorter text is one shingle. */
export function shingles(tokens: Uint32Array, width: number): Uint32Array {
  const count = Math.max(1, tokens.length - width + 1);
  const hashes = new Uint32Array(count);
  for (let start = 0; start < count; start++) {
    const end = Math.min(start + width, tokens.length);
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = mixed(Math.imul(hash ^ tokens[i]!, 0x01000193));
    hashes[start] = hash;
  }
  hashes.sort();
  let kept = 0;
  for (const hash of hashes) if (kept === 0 || hash !== hashes[kept - 1]) hashes[kept++] = hash;
  return hashes.slice(0, kept);
}

/** The finaliser of MurmurHash3, so that small token ids affect all bits. */
function mixed(hash: number): number {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * |A ∩ B| / |A ∪ B| ≥ threshold, for ascending distinct numbers. Ends as soon as too many are in one set alone, which for
 * most pairs is after the first few.
 */
function reaches(left: Uint32Array, right: Uint32Array, threshold: number): boolean {
  const all = left.length + right.length;
  const isEnough = (shared: number): boolean => shared >= threshold * (all - shared);
  let [i, j, shared] = [0, 0, 0];
  while (isEnough(shared + Math.min(left.length - i, right.length - j))) {
    if (i === left.length || j === right.length) return true;
    if (left[i] === right[j]) {
      i += 1;
      j += 1;
      shared += 1;
    } else if (left[i]! < right[j]!) i += 1;
    else j += 1;
  }
  return false;
}
