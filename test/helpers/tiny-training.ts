/** The stages of a training that takes a second, on the data of `tinyCorpus`. */
export const tinyTraining = ({ epochs }: { readonly epochs: number }): string => `stages:
  corpus: { uses: ingest, with: { format: beir, folder: data } }
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 1 } }
  vectors: { uses: word2vec, inputs: { tokens: tokens }, with: { source: train, dimensions: 8 } }
  triplets: { uses: mine, inputs: { tokens: tokens }, with: { negatives: [{ from: random }] } }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets, vectors: vectors }
    with:
      encoder: { cell: gru, hidden: 8 }
      loss: { name: triplet, distance: cosine, margin: 0.2 }
      epochs: ${epochs}
`;
