/** How common words are scored, as artifacts record it. Scoring itself is in src/retrieval/bm25.ts. */
export interface Bm25Parameters {
  /** Term-frequency saturation; 0 ignores frequencies. Lucene: 1.2, Anserini: 0.9. */
  readonly k1: number;
  /** Length normalisation: 0 none, 1 full. Lucene: 0.75, Anserini: 0.4. */
  readonly b: number;
  /** Of idf; 1, BM25's own, if absent. See src/retrieval/word-scorings.ts. */
  readonly idf_power?: 2;
}
