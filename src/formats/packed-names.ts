/**
 * Many names in one buffer: a corpus of millions of documents has as many names, and as strings of their own they would
 * take several times the memory. A name is decoded when it is asked for.
 */
export interface Names {
  readonly length: number;
  /** Undefined beyond the last name. */
  at(id: number): string | undefined;
}

export interface NamePacker {
  add(names: readonly string[]): void;
  finish(): Names;
}

/** Packs exactly `count` names, in the order in which they are added. */
export function namePacker(count: number): NamePacker {
  const pieces: Buffer[] = [];
  // Larger than 32 bits, for more than 4 GiB of names.
  const ends = new Float64Array(count);
  let added = 0;
  let size = 0;
  return {
    add: (names) => {
      for (const name of names) ends[added++] = size += Buffer.byteLength(name);
      pieces.push(Buffer.from(names.join('')));
    },
    finish: () => {
      if (added !== count) throw new Error(`${added} names were added, ${count} were announced`);
      const bytes = Buffer.concat(pieces);
      return {
        length: count,
        at: (id) => (id in ends ? bytes.toString('utf8', id === 0 ? 0 : ends[id - 1], ends[id]) : undefined),
      };
    },
  };
}
