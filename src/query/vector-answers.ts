/** Answers by vectors alone: opened once, then one vector and one search for each question. */
import { openEncoder } from '../engine/model/open-encoder.ts';
import { readEmbeddingsConfig } from '../formats/embeddings.ts';
import { readIndexConfig } from '../formats/index-config.ts';
import { readTokenizerConfig, readVocabulary } from '../formats/tokens.ts';
import type { Retrieved } from '../retrieval/fusion.ts';
import { openHybridQueries } from '../retrieval/lexical/hybrid-queries.ts';
import { openNativeScan } from '../retrieval/native-scan.ts';
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
  /** The vector of each question, to search with; at most `batch` of the options at once, which costs less than one by one. */
  encode(questions: readonly VectorQuestion[]): Float32Array[];
  /** For each of these vectors; one search for all of them costs less than one for each. */
  search(vectors: readonly Float32Array[], top: number): Retrieved[];
  /** Whether a lexical part of the embeddings matches the word. */
  readonly matches: (word: string) => boolean;
  close(): void;
}

export interface VectorQuestion {
  readonly question: ModelQuestion;
  readonly words: readonly string[];
}

export interface EngineOptions {
  readonly engine: Engine;
  readonly threads: number;
  /** Number of questions that may be encoded at once; 1 by default. */
  readonly batch?: number;
  /** Whether an index is used at any size, not only where comparing every document would take long. */
  readonly alwaysIndex?: boolean;
  /** Whether a search without an index uses the processor's widest instructions; the answers are the same. */
  readonly nativeScan?: boolean;
}

export async function openVectorAnswers(
  { model, embeddings, index }: VectorParts,
  { engine, threads, batch = 1, alwaysIndex = false, nativeScan = false }: EngineOptions,
): Promise<VectorAnswers> {
  const config = readTokenizerConfig(model.path);
  const maximum = config.max_query_length;
  const vocabulary = vocabularyMap(readVocabulary(model.path));
  const searched =
    index && (alwaysIndex || needsIndex(embeddings.path, index.path, nativeScan)) ? index.path : undefined;
  const open = nativeScan && searched === undefined ? openNativeScan : openSearch;
  const search = await open({ embeddings: embeddings.path, index: searched, isForMany: nativeScan });
  const hybrid = openHybridQueries(embeddings.path);
  const encoder = await openEncoder(model.path, { engine, threads, newWords: maximum * batch });
  const { knowsNgrams } = encoder;
  const rows = config.model_vocabulary;
  const known = { vocabulary, rows, maximum, knowsNgrams };
  const encode: VectorAnswers['encode'] = (questions) => {
    const { ids, named } = sideBySide(questions, rows);
    encoder.nameWords(named);
    const vectors = encoder.encodeQueries(ids);
    const width = vectors.length / questions.length;
    return questions.map(({ words }, i) => hybrid.encode(vectors.slice(i * width, (i + 1) * width), words));
  };
  const retrieved: VectorAnswers['search'] = (vectors, top) =>
    search.searchAll(vectors, top).map((ranking, i) => ({
      ranking,
      scores: (documents) => search.scores(vectors[i]!, documents),
    }));
  return {
    knowsNgrams,
    maximum,
    isExact: searched === undefined,
    read: (words) => {
      const question = modelQuestion(words, known);
      return { ...question, unknown: question.unknown.filter((word) => !hybrid.knows(word)) };
    },
    encode,
    search: retrieved,
    retrieve: (question, words, top) => retrieved(encode([{ question, words }]), top)[0]!,
    matches: hybrid.knows,
    close: () => {
      encoder.dispose();
    },
  };
}

/** The ids of several questions for one call: the new words of each follow those of the questions before it. */
function sideBySide(
  questions: readonly VectorQuestion[],
  rows: number,
): { readonly ids: Uint32Array[]; readonly named: string[] } {
  const named: string[] = [];
  const ids = questions.map(({ question }) => {
    const before = named.length;
    named.push(...question.named);
    return before === 0 ? question.ids : question.ids.map((id) => (id >= rows ? id + before : id));
  });
  return { ids, named };
}

/**
 * Documents times dimensions up to which a question is compared with every document: about 20 ms and 80 MB on one core.
 * An index misses documents, most often those of rare words in embeddings with a lexical part.
 */
const SMALL = 20_000_000;
/** The same for a scan by the processor's widest instructions, first of bytes: a few milliseconds and 250 MB. */
const SMALL_FOR_SCAN = 50_000_000;

/** An index of another similarity ranks otherwise, so it is used at any size. */
function needsIndex(embeddings: string, index: string, nativeScan: boolean): boolean {
  const { documents, dimensions, similarity } = readEmbeddingsConfig(embeddings);
  const small = nativeScan ? SMALL_FOR_SCAN : SMALL;
  return documents * dimensions > small || readIndexConfig(index).similarity !== similarity;
}
