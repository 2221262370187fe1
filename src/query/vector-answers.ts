/** Answers by vectors alone: opened once, then one vector and one search for each question. */
import { openEncoder } from '../engine/model/open-encoder.ts';
import { readEmbeddingsConfig } from '../formats/embeddings.ts';
import { readIndexConfig } from '../formats/index-config.ts';
import { readTokenizerConfig, readVocabulary } from '../formats/tokens.ts';
import type { Retrieved } from '../retrieval/fusion.ts';
import { openHybridQueries } from '../retrieval/lexical/hybrid-queries.ts';
import { openSearch } from '../retrieval/search.ts';
import { vocabularyMap } from '../retrieval/tokenizer.ts';
import type { Engine } from '../stage.ts';
import type { VectorParts } from './parts.ts';
import { modelQuestion, type ModelQuestion } from './question.ts';

export interface VectorAnswers {
  /** Whether words without a row in the model get a vector from their n-grams. */
  readonly knowsNgrams: boolean;
  /** Longer questions are truncated. */
  readonly maximum: number;
  /** Whether all documents are compared, or those that an index proposes. */
  readonly isExact: boolean;
  /** Words that the lexical part of the embeddings matches do not count as unknown. */
  read(words: readonly string[]): ModelQuestion;
  /** `words`: all words of the question, which a lexical part matches. */
  retrieve(question: ModelQuestion, words: readonly string[], top: number): Retrieved;
  /** Whether a lexical part of the embeddings matches the word. */
  readonly matches: (word: string) => boolean;
  close(): void;
}

export interface EngineOptions {
  readonly engine: Engine;
  readonly threads: number;
}

export async function openVectorAnswers(
  { model, embeddings, index }: VectorParts,
  { engine, threads }: EngineOptions,
): Promise<VectorAnswers> {
  const config = readTokenizerConfig(model.path);
  const maximum = config.max_query_length;
  const vocabulary = vocabularyMap(readVocabulary(model.path));
  const searched = index && needsIndex(embeddings.path, index.path) ? index.path : undefined;
  const search = await openSearch({ embeddings: embeddings.path, index: searched });
  const hybrid = openHybridQueries(embeddings.path);
  const encoder = await openEncoder(model.path, { engine, threads, newWords: maximum });
  const { knowsNgrams } = encoder;
  const known = { vocabulary, rows: config.model_vocabulary, maximum, knowsNgrams };
  return {
    knowsNgrams,
    maximum,
    isExact: searched === undefined,
    read: (words) => {
      const question = modelQuestion(words, known);
      return { ...question, unknown: question.unknown.filter((word) => !hybrid.knows(word)) };
    },
    retrieve: ({ ids, named }, words, top) => {
      encoder.nameWords(named);
      const vector = hybrid.encode(encoder.encodeQueries([ids]), words);
      return {
        ranking: search.search(vector, top),
        scores: (documents) => search.scores(vector, documents),
      };
    },
    matches: hybrid.knows,
    close: () => {
      encoder.dispose();
    },
  };
}

/**
 * Documents times dimensions up to which a question is compared with every document: about 20 ms and 80 MB on one core.
 * An index misses documents, most often those of rare words in embeddings with a lexical part.
 */
const SMALL = 20_000_000;

/** An index of another similarity ranks otherwise, so it is used at any size. */
function needsIndex(embeddings: string, index: string): boolean {
  const { documents, dimensions, similarity } = readEmbeddingsConfig(embeddings);
  return documents * dimensions > SMALL || readIndexConfig(index).similarity !== similarity;
}
