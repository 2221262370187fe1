/** BM25's k1 and b as JSON Schema properties, for every stage kind that takes them; see bm25.ts. */
export const bm25Properties = {
  k1: {
    description: 'BM25 k1: term-frequency saturation; Lucene uses 1.2, Anserini 0.9.',
    type: 'number',
    minimum: 0,
    maximum: 1000,
    default: 0.9,
  },
  b: {
    description: 'BM25 b: length normalisation, 0 to 1; Lucene uses 0.75, Anserini 0.4.',
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.4,
  },
} as const;
