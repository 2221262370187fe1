/** Which tokens of a batch are the same word: what is computed once a word instead of once a token. */
export interface TokensByWord {
  /** [words] the different ids, in the order in which they first come. */
  readonly ids: Uint32Array;
  /** [tokens] the place of each token's id in `ids`. */
  readonly wordOf: Uint32Array;
  /** [tokens] tokens by word, those of one word in their order. */
  readonly order: Uint32Array;
  /** [words + 1] where each word's tokens begin in `order`. */
  readonly starts: Uint32Array;
}

/** For ids below `rows`. */
export function createGrouper(rows: number): (ids: Uint32Array) => TokensByWord {
  const place = new Int32Array(rows).fill(-1);
  return (ids) => {
    const wordOf = new Uint32Array(ids.length);
    const found = new Uint32Array(ids.length);
    const counts = new Uint32Array(ids.length);
    let words = 0;
    for (let token = 0; token < ids.length; token++) {
      const id = ids[token]!;
      let word = place[id]!;
      if (word < 0) {
        word = place[id] = words;
        found[words++] = id;
      }
      wordOf[token] = word;
      counts[word]!++;
    }
    const starts = new Uint32Array(words + 1);
    for (let word = 0; word < words; word++) {
      starts[word + 1] = starts[word]! + counts[word]!;
      place[found[word]!] = -1;
      counts[word] = starts[word]!;
    }
    const order = new Uint32Array(ids.length);
    for (let token = 0; token < ids.length; token++) order[counts[wordOf[token]!]!++] = token;
    return { ids: found.slice(0, words), wordOf, order, starts };
  };
}
