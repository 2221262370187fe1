import { row, rowCount, type Ragged } from '../../../src/formats/ragged.ts';
import type { Bm25Parameters } from '../../../src/formats/word-scoring.ts';
import { createBm25 } from '../../../src/retrieval/bm25.ts';
import { corpusWords, lexiconFrom, type Lexicon } from '../../../src/retrieval/lexical/lexicon.ts';
import { documentEncoder, queryEncoder } from '../../../src/retrieval/lexical/vectors.ts';

export const BM25: Bm25Parameters = { k1: 0.9, b: 0.4 };

export interface LexicalCorpus {
  readonly lexicon: Lexicon;
  readonly places: Int32Array;
  query(ids: ArrayLike<number>): Float32Array;
  document(ids: ArrayLike<number>): Float32Array;
}

export function lexicalCorpus(
  documents: Ragged,
  tokens: readonly string[],
  dimensions: number,
  scoring = BM25,
): LexicalCorpus {
  const { words, places, averageLength } = corpusWords(documents, tokens);
  const counts = { documents: rowCount(documents), average_length: averageLength };
  const lexicon = lexiconFrom({ dimensions, seed: 42, ...scoring, ...counts }, words);
  const encodeQuery = queryEncoder(lexicon);
  const encodeDocument = documentEncoder(lexicon);
  const encoded = (encode: typeof encodeQuery, ids: ArrayLike<number>): Float32Array => {
    const vector = new Float32Array(dimensions);
    encode(
      Array.from(ids, (id) => places[id]!),
      vector,
      0,
    );
    return vector;
  };
  return {
    lexicon,
    places,
    query: (ids) => encoded(encodeQuery, ids),
    document: (ids) => encoded(encodeDocument, ids),
  };
}

export const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** BM25 scores of all documents as a fraction of the highest that the query can reach. */
export function bm25Fractions(
  documents: Ragged,
  tokens: readonly string[],
  query: Uint32Array,
  { lexicon, places }: LexicalCorpus,
): number[] {
  const all = Uint32Array.from({ length: rowCount(documents) }, (_, i) => i);
  const highest = query.reduce((sum, id) => sum + (places[id]! < 0 ? 0 : lexicon.weights[places[id]!]!), 0);
  return Array.from(
    createBm25(documents, tokens.length, lexicon.settings).scores(query, all),
    (score) => score / highest,
  );
}

export { row };
