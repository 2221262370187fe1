/**
 * The answers of every system to the same question, side by side: the model, BM25, and both fused. For a process that
 * lives long and answers many questions; `retriever.ts` is what one command asks. The documents and their order are
 * the same.
 */
import { openCorpus, type Corpus } from '../formats/corpus.ts';
import { readTokenizerConfig } from '../formats/tokens.ts';
import type { Ranking } from '../retrieval/ranking.ts';
import { createTokenizer } from '../retrieval/tokenizer.ts';
import type { Engine } from '../stage.ts';
import { openDocumentTexts } from './document-texts.ts';
import { fusionText, UNTUNED } from './fusion.ts';
import { commonWords, openBothWords } from './lexical-answers.ts';
import { openMatches, type Span } from './matches.ts';
import { noKnownWord, notesOn, noWords } from './notes.ts';
import type { Parts } from './parts.ts';
import { rankedLists, type ListQuestion, type RankedLists } from './ranked-lists.ts';
import { readQuestion } from './read-question.ts';
import { defaultMethod, isHybrid } from './retriever.ts';
import { SYSTEMS, type System } from './systems.ts';
import { openVectorAnswers, type VectorAnswers } from './vector-answers.ts';

export interface SideQuestion {
  readonly text: string;
  readonly top: number;
  /** Those that the source lacks are left out. */
  readonly systems: readonly System[];
  /** Whether the answers have the documents' texts, and where they match. */
  readonly texts: boolean;
}

export interface SideResult {
  readonly rank: number;
  /** The document's external id. */
  readonly doc_id: string;
  readonly score: number;
  readonly text?: string;
  /** Where the text has words of the question that most documents lack: ranges of UTF-16 code units. */
  readonly matches?: readonly Span[];
}

export interface SystemAnswer {
  readonly results: readonly SideResult[];
  /** Time for the search; of several questions answered together, an equal share of what they took together. */
  readonly milliseconds: number;
}

export interface SideBySide {
  readonly query: string;
  /** Words of the question, each once. */
  readonly words: readonly string[];
  readonly unknown_words: readonly string[];
  /** Sentences. */
  readonly notes: readonly string[];
  readonly systems: Partial<Record<System, SystemAnswer>>;
}

/** A question that cannot be answered. */
export interface Unanswered {
  readonly query: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** What a source can answer with. */
export interface SystemFacts {
  readonly documents: number;
  readonly systems: readonly System[];
  /** What `pipeline query` would answer with. */
  readonly preferred: System;
  /** How the model and BM25 are fused, in words; null where they are not. */
  readonly fusion: string | null;
  /** How vectors are searched; null without a model. */
  readonly search: 'exact' | 'index' | null;
  /** Whether the vectors have a lexical part. */
  readonly isHybrid: boolean;
  /** A few questions of the corpus, to try. */
  readonly examples: readonly string[];
}

export interface SideBySideSystems {
  readonly facts: SystemFacts;
  /** In the order of the questions; at most `batch` at once. */
  answer(questions: readonly SideQuestion[]): Promise<(SideBySide | Unanswered)[]>;
  close(): void;
}

export interface SideBySideOptions {
  readonly engine: Engine | null;
  readonly threads: number;
  readonly batch: number;
  /** Whether an index is used at any size; else where comparing every document would take long. */
  readonly alwaysIndex: boolean;
}

/** Marks beyond this number of a text help nobody. */
const MOST_MARKS = 200;

export async function openSideBySide(
  parts: Parts,
  { engine, threads, batch, alwaysIndex }: SideBySideOptions,
): Promise<SideBySideSystems> {
  const { corpus: corpusArtifact, tokens, vectors, evaluation } = parts;
  const corpus = await openCorpus(corpusArtifact.path);
  let model: VectorAnswers | undefined;
  try {
    const speed = { batch, alwaysIndex, nativeScan: true };
    if (vectors && engine) model = await openVectorAnswers(vectors, { engine, threads, ...speed });
  } catch (error) {
    corpus.close();
    throw error;
  }
  const common = tokens ? commonWords(tokens.path) : new Set<string>();
  const fusion = evaluation?.fusion ?? UNTUNED;
  const lexical = tokens && openBothWords(tokens.path, evaluation?.bm25 ?? UNTUNED.bm25, fusion.bm25);
  const tokenizer = createTokenizer(readTokenizerConfig((tokens ?? vectors!.model).path));
  const matches = openMatches(tokenizer);
  const texts = await openDocumentTexts(corpus);
  const { documents } = corpus.counts();
  const systems = SYSTEMS.filter((system) => (system === 'bm25' || model) && (system === 'model' || lexical));
  const method = model ? defaultMethod(parts) : 'bm25';

  const answerOne = async (
    { text: query, texts: isWithTexts }: SideQuestion,
    { read, systems: wanted }: ListQuestion,
    lists: RankedLists,
  ): Promise<SideBySide | Unanswered> => {
    if (read.words.length === 0) return unanswered(query, noWords(query));
    const answers: Partial<Record<System, SystemAnswer>> = {};
    const distinct = new Set(read.words);
    const telling = new Set(read.words.filter((word) => !common.has(word)));
    const marked = telling.size > 0 ? telling : distinct;
    for (const system of wanted) {
      const list = lists[system];
      if (!list) continue;
      const results = await resultsOf(list.ranking, isWithTexts ? marked : undefined);
      answers[system] = { results, milliseconds: list.milliseconds };
    }
    if (Object.values(answers).every(({ results }) => results.length === 0))
      return unanswered(query, noKnownWord(read.words, 'no word of the question is known'));
    return {
      query,
      words: [...distinct],
      unknown_words: read.question?.unknown ?? [],
      notes:
        model && read.question
          ? notesOn({ ...model, ...read, question: read.question, isReplaced: !read.isKnown })
          : [],
      systems: answers,
    };
  };

  const resultsOf = async (
    { documents: found, scores }: Ranking,
    words: ReadonlySet<string> | undefined,
  ): Promise<SideResult[]> => {
    const known = await texts(found);
    return Array.from(found, (document, i) => {
      const { name, text } = known.get(document)!;
      const result = { rank: i + 1, doc_id: name, score: scores[i]! };
      return words ? { ...result, text, matches: matches.in(text, words, MOST_MARKS) } : result;
    });
  };

  return {
    facts: {
      documents,
      systems,
      preferred: method === 'hybrid' ? 'fused' : method,
      fusion: systems.includes('fused') ? fusionText(fusion) : null,
      search: model ? (model.isExact ? 'exact' : 'index') : null,
      isHybrid: isHybrid(parts),
      examples: await examplesOf(corpus),
    },
    async answer(questions) {
      const asked = questions.map(({ text, top, systems: named }): ListQuestion => ({
        read: readQuestion(tokenizer.tokenize(text), model),
        top: Math.min(top, documents),
        systems: new Set(systems.filter((system) => named.includes(system))),
      }));
      const lists = rankedLists({ model, lexical, fusion, documents }, asked);
      const answers: (SideBySide | Unanswered)[] = [];
      for (const [i, question] of questions.entries())
        answers.push(await answerOne(question, asked[i]!, lists[i]!));
      return answers;
    },
    close: () => {
      model?.close();
      corpus.close();
    },
  };
}

const MOST_EXAMPLES = 5;

/** Questions of the last split that has any: training questions are no test of what was learned. */
async function examplesOf(corpus: Corpus): Promise<string[]> {
  const named = corpus.splits().map(({ name }) => name);
  const split = named.includes('test') ? 'test' : named.at(-1);
  if (split === undefined) return [];
  for await (const { texts } of corpus.queries(split)) {
    const step = Math.max(1, Math.floor(texts.length / MOST_EXAMPLES));
    return texts.filter((_, i) => i % step === 0).slice(0, MOST_EXAMPLES);
  }
  return [];
}

function unanswered(
  query: string,
  {
    code,
    message,
    hint,
  }: { readonly code: string; readonly message: string; readonly hint: string | undefined },
): Unanswered {
  return { query, error: { code, message, hint: hint ?? null } };
}
