/** Answers by the model alone: opened once, then one vector and one search for each question. */
import { openEncoder } from '../engine/model/open-encoder.ts';
import { readTokenizerConfig, readVocabulary } from '../formats/tokens.ts';
import { openHybridQueries } from '../retrieval/lexical/hybrid-queries.ts';
import type { Ranking } from '../retrieval/ranking.ts';
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
  read(words: readonly string[]): ModelQuestion;
  /** `words`: all words of the question, which a lexical part of the embeddings matches. */
  search(question: ModelQuestion, words: readonly string[], top: number): Ranking;
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
  const search = await openSearch({ embeddings: embeddings.path, index: index?.path });
  const withLexicalPart = openHybridQueries(embeddings.path);
  const encoder = await openEncoder(model.path, { engine, threads, newWords: maximum });
  const { knowsNgrams } = encoder;
  const known = { vocabulary, rows: config.model_vocabulary, maximum, knowsNgrams };
  return {
    knowsNgrams,
    maximum,
    read: (words) => modelQuestion(words, known),
    search: ({ ids, named }, words, top) => {
      encoder.nameWords(named);
      return search.search(withLexicalPart(encoder.encodeQueries([ids]), words), top);
    },
    close: () => {
      encoder.dispose();
    },
  };
}
