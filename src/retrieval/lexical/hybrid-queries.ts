/** Queries for embeddings with a lexical part, from the model's vector and the words of the query. */
import { readEmbeddingsConfig } from '../../formats/embeddings.ts';
import { readWordFrequencies } from '../../formats/lexical.ts';
import type { Matrix } from '../../formats/npy.ts';
import { joined } from './join.ts';
import { lexiconFrom } from './lexicon.ts';
import { queryEncoder } from './vectors.ts';

export interface HybridQueries {
  /** The vector to search with: `learned` is the model's vector of the query, `words` are all its words. */
  readonly encode: (learned: Float32Array, words: readonly string[]) => Float32Array;
  /** Whether the lexical part matches the word: some document has it. */
  readonly knows: (word: string) => boolean;
}

/** For embeddings without a lexical part, the model's vector itself. `folder`: the `embeddings` artifact. */
export function openHybridQueries(folder: string): HybridQueries {
  const { hybrid } = readEmbeddingsConfig(folder);
  if (!hybrid) return { encode: (learned) => learned, knows: () => false };
  const known = new Map(readWordFrequencies(folder).map((entry) => [entry.word, entry]));
  return {
    encode: (learned, words) => {
      const found = words.flatMap((word) => known.get(word) ?? []);
      const lexical = new Float32Array(hybrid.lexical.dimensions);
      queryEncoder(lexiconFrom(hybrid.lexical, found))(found.keys(), lexical, 0);
      const row = (data: Float32Array): Matrix => ({ rows: 1, columns: data.length, data });
      return joined('query', row(learned), row(lexical), hybrid).data;
    },
    knows: (word) => known.has(word),
  };
}
