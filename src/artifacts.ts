/**
 * `two-tower/artifacts`: reads the files of artifacts, and writes those that a kind of one's own may give. For
 * users' kinds and scripts; docs/ARTIFACTS.md says what is in the files. Nothing in this project imports it.
 */
import type { Corpus, OpenCorpusOptions } from './formats/corpus.ts';

export type {
  Candidates,
  Corpus,
  DocumentText,
  OpenCorpusOptions,
  QueryRow,
  TextBatch,
} from './formats/corpus.ts';
export type { CorpusCounts, SplitCounts } from './formats/corpus-summary.ts';
export { row, rowCount, raggedFrom, type Ragged } from './formats/ragged.ts';
export {
  readTokens,
  writeTokens,
  queriesOfSplit,
  relevantDocuments,
  type Qrels,
  type TokenizerConfig,
  type Tokens,
  type Vocabulary,
} from './formats/tokens.ts';
export { readTriplets, writeTriplets, type Triplets, type TripletScores } from './formats/triplets.ts';
export { readVectors, writeVectors, type WordVectors } from './formats/vectors.ts';
export {
  readModelConfig,
  readModelWeights,
  type EncoderConfig,
  type ModelConfig,
  type ModelWeights,
} from './formats/model.ts';
export {
  readEmbeddingsConfig,
  writeEmbeddingsConfig,
  type EmbeddingsConfig,
  type Similarity,
} from './formats/embeddings.ts';
export { readIndexConfig, type IndexConfig } from './formats/index-config.ts';
export { readPerQuery, type PerQuery } from './formats/per-query.ts';
export { readNpy, readNpyRows, writeNpy, type Matrix } from './formats/npy.ts';
export {
  readSafetensors,
  writeSafetensors,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
} from './formats/safetensors.ts';

/** Opens a corpus for reading. DuckDB is loaded by the first call and not with this module, which stays cheap. */
export async function openCorpus(folder: string, options: OpenCorpusOptions = {}): Promise<Corpus> {
  const corpus = await import('./formats/corpus.ts');
  return corpus.openCorpus(folder, options);
}
