/** An inverted index: which documents contain a token, and how often. BM25 searches it. */
import type { Ragged } from '../formats/ragged.ts';
import { rowCount } from '../formats/ragged.ts';

export interface InvertedIndex {
  /** Postings of token t are at offsets[t] up to, not including, offsets[t + 1]. [tokens + 1] */
  readonly offsets: Uint32Array;
  /** doc_ids, ascending within a token. [postings] */
  readonly documents: Uint32Array;
  /** Number of occurrences of the token in the document. [postings] */
  readonly frequencies: Uint32Array;
  /** Number of tokens in each document. [documents] */
  readonly lengths: Uint32Array;
  readonly averageLength: number;
}

/** Makes arrays of zeros, in memory that threads share or not. */
export interface Arrays {
  u32(length: number): Uint32Array;
  f64(length: number): Float64Array;
}

export const OWN_ARRAYS: Arrays = {
  u32: (length) => new Uint32Array(length),
  f64: (length) => new Float64Array(length),
};

/**
 * Two passes over the rows: count distinct (token, document) pairs, then place them. Memory: 8 bytes per posting.
 * `arrays` makes those of offsets and documents, which a search keeps; the others can go once weights are computed.
 */
export function invert(documents: Ragged, tokens: number, arrays: Arrays = OWN_ARRAYS): InvertedIndex {
  const count = rowCount(documents);
  const lengths = new Uint32Array(count);
  for (let document = 0; document < count; document++)
    lengths[document] = documents.offsets[document + 1]! - documents.offsets[document]!;
  const offsets = postingOffsets(documents, tokens, arrays);
  const postings = place(documents, offsets, arrays);
  const averageLength = count === 0 ? 0 : documents.values.length / count;
  return { offsets, ...postings, lengths, averageLength };
}

function postingOffsets({ values, offsets: rows }: Ragged, tokens: number, arrays: Arrays): Uint32Array {
  const offsets = arrays.u32(tokens + 1);
  // Document of the token's latest occurrence, plus 1. Documents come in order, so one number per token is enough.
  const latest = new Uint32Array(tokens);
  for (let document = 0; document + 1 < rows.length; document++) {
    for (let i = rows[document]!; i < rows[document + 1]!; i++) {
      const token = values[i]!;
      if (latest[token] === document + 1) continue;
      latest[token] = document + 1;
      offsets[token + 1]! += 1;
    }
  }
  for (let token = 0; token < tokens; token++) offsets[token + 1]! += offsets[token]!;
  return offsets;
}

function place(
  { values, offsets: rows }: Ragged,
  offsets: Uint32Array,
  arrays: Arrays,
): Pick<InvertedIndex, 'documents' | 'frequencies'> {
  const total = offsets[offsets.length - 1]!;
  const documents = arrays.u32(total);
  const frequencies = new Uint32Array(total);
  const next = offsets.slice();
  for (let document = 0; document + 1 < rows.length; document++) {
    for (let i = rows[document]!; i < rows[document + 1]!; i++) {
      const token = values[i]!;
      const last = next[token]! - 1;
      if (last >= offsets[token]! && documents[last] === document) {
        frequencies[last]! += 1;
      } else {
        documents[last + 1] = document;
        frequencies[last + 1] = 1;
        next[token]! += 1;
      }
    }
  }
  return { documents, frequencies };
}
