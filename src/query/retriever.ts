/**
 * Artifacts → answers, for a process that lives long: opened once, asked often, closed. The command line and any server
 * ask here; nothing in it prints.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { openCorpus, type Corpus } from '../formats/corpus.ts';
import { readEmbeddingsConfig } from '../formats/embeddings.ts';
import { readTokenizerConfig } from '../formats/tokens.ts';
import { fuse, type Retrieved } from '../retrieval/fusion.ts';
import type { Ranking } from '../retrieval/ranking.ts';
import { createTokenizer } from '../retrieval/tokenizer.ts';
import type { Engine } from '../stage.ts';
import { UNTUNED, type QueryFusion } from './fusion.ts';
import { NOTHING, openBothWords, type BothWords } from './lexical-answers.ts';
import { noKnownWord, notesOn, noWords } from './notes.ts';
import type { Parts } from './parts.ts';
import { readQuestion, type Read } from './read-question.ts';
import { openVectorAnswers, type VectorAnswers } from './vector-answers.ts';

/** `model`: nearest vectors; `bm25`: common words; `hybrid`: the fusion of both. */
export type Method = 'model' | 'bm25' | 'hybrid';

export interface Answer {
  readonly rank: number;
  /** The document's external id. */
  readonly doc_id: string;
  readonly score: number;
  readonly text: string;
}

export interface Answered {
  /** What answered; BM25 where the model knows no word of the question and no method was asked for. */
  readonly method: Method;
  readonly results: readonly Answer[];
  /** Words of the question that the model has no vector of its own for and no lexical part matches, each once. */
  readonly unknown_words: readonly string[];
  /** What to know about these answers, as sentences. */
  readonly notes: readonly string[];
}

export interface RetrieverOptions {
  /** Undefined only where nothing numeric is asked. */
  readonly engine: Engine | null;
  readonly threads: number;
  /** By default what the evaluation measured, else the fusion, the model or BM25, whatever there is. */
  readonly method?: Method | undefined;
}

export interface VectorSearch {
  /** Whether all documents are compared, or those that an index proposes. */
  readonly isExact: boolean;
  /** Whether the vectors have a lexical part. */
  readonly isHybrid: boolean;
}

export interface Retriever {
  readonly method: Method;
  /** The fusion that `hybrid` uses. */
  readonly fusion: QueryFusion;
  /** How vectors are searched; undefined if BM25 answers alone. */
  readonly vectors: VectorSearch | undefined;
  /** Number of documents that are searched. */
  readonly documents: number;
  /** The words of a text, as questions and documents are compared by them. */
  readonly wordsOf: (text: string) => readonly string[];
  /** The best `top` documents, best first. Rejects with `E_INPUT` where no word of the question can be searched. */
  answer(question: string, top: number): Promise<Answered>;
  close(): void;
}

export async function openRetriever(
  parts: Parts,
  { engine, threads, method: wanted }: RetrieverOptions,
): Promise<Retriever> {
  const { corpus: corpusArtifact, tokens, vectors, evaluation } = parts;
  const fusion = evaluation?.fusion ?? UNTUNED;
  const method = wanted ?? defaultMethod(parts);
  if (method !== 'bm25' && (!vectors || !engine))
    throw new PipelineError('E_USAGE', 'there are no embeddings, so only BM25 can answer', {
      hint: 'Add stages with `uses: train` and `embed`, or use --bm25.',
    });
  if (method !== 'model' && !tokens)
    throw new PipelineError('E_USAGE', 'there are no tokens, so BM25 cannot answer', {
      hint: 'Use --model.',
    });
  const corpus = await openCorpus(corpusArtifact.path);
  let model: VectorAnswers | undefined;
  try {
    if (method !== 'bm25') model = await openVectorAnswers(vectors!, { engine: engine!, threads });
  } catch (error) {
    corpus.close();
    throw error;
  }
  const tokenizer = createTokenizer(readTokenizerConfig((tokens ?? vectors!.model).path));
  // Only when it is asked: a model alone seldom needs it.
  let lexical: BothWords | undefined;
  const byWords = ({ words }: Read, depth: number, use: keyof BothWords): Retrieved => {
    lexical ??= tokens && openBothWords(tokens.path, evaluation?.bm25 ?? UNTUNED.bm25, fusion.bm25);
    return lexical ? lexical[use](words, depth) : NOTHING;
  };
  const byModel = ({ question, words }: Read, depth: number): Retrieved =>
    model!.retrieve(question!, words, depth);
  const { documents } = corpus.counts();

  const rankingOf = (read: Read, top: number): { method: Method; ranking: Ranking } => {
    if (method !== 'bm25' && !read.isKnown && wanted === 'model')
      throw noKnownWord(read.words, 'the model knows no word of the question');
    if (method === 'bm25' || !read.isKnown)
      return { method: 'bm25', ranking: byWords(read, top, 'alone').ranking };
    if (method === 'model') return { method, ranking: byModel(read, top).ranking };
    const depth = Math.min(documents, Math.max(top, fusion.depth));
    const both = { model: byModel(read, depth), bm25: byWords(read, depth, 'fused') };
    return { method, ranking: fuse(both, fusion.fusion, top) };
  };

  return {
    method,
    fusion,
    vectors: model && { isExact: model.isExact, isHybrid: isHybrid(parts) },
    documents,
    wordsOf: tokenizer.tokenize,
    async answer(question, top) {
      const words = tokenizer.tokenize(question);
      if (words.length === 0) throw noWords(question);
      const read = readQuestion(words, model);
      const answered = rankingOf(read, Math.min(top, documents));
      if (answered.ranking.documents.length === 0)
        throw noKnownWord(
          words,
          method === 'bm25'
            ? 'no document has a word of the question'
            : 'neither the model nor any document knows a word of the question',
        );
      return {
        method: answered.method,
        results: await withTexts(corpus, answered.ranking),
        unknown_words: read.question?.unknown ?? [],
        notes:
          read.question && model
            ? notesOn({ ...model, ...read, question: read.question, isReplaced: answered.method !== method })
            : [],
      };
    },
    close: () => {
      model?.close();
      corpus.close();
    },
  };
}

/** As evaluated. Without an evaluation a fusion, unless the vectors match words themselves. */
export function defaultMethod(parts: Parts): Method {
  const { evaluation, tokens, vectors } = parts;
  if (!vectors) return 'bm25';
  const isFused = evaluation ? evaluation.fusion !== undefined : !isHybrid(parts);
  return isFused && tokens ? 'hybrid' : 'model';
}

export const isHybrid = ({ vectors }: Parts): boolean =>
  vectors !== undefined && readEmbeddingsConfig(vectors.embeddings.path).hybrid !== undefined;

async function withTexts(corpus: Corpus, { documents, scores }: Ranking): Promise<Answer[]> {
  const texts = await corpus.documentTexts(documents);
  return Array.from(documents, (document, position) => {
    const { name, text } = texts.get(document)!;
    return { rank: position + 1, doc_id: name, score: scores[position]!, text };
  });
}
