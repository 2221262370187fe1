import { cells } from '../base/cells.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { openEncoder } from '../engine/encoder.ts';
import { openCorpus } from '../formats/corpus.ts';
import { modelIds, readTokenizerConfig, readVocabulary, UNKNOWN } from '../formats/tokens.ts';
import { upstreamOf } from '../plan/order.ts';
import type { Plan } from '../plan/plan.ts';
import { knownStage } from '../plan/select.ts';
import { searchDocuments } from '../retrieval/search.ts';
import { createTokenizer, encode, vocabularyMap } from '../retrieval/tokenizer.ts';
import type { ArtifactType, Engine } from '../stage.ts';
import type { Artifact } from '../store/artifacts.ts';
import { printJson, printNotice, printResult, styleFor, useColor } from './output.ts';
import { currentPlan, openSession, type SpecOptions } from './session.ts';

export interface QueryOptions extends SpecOptions {
  readonly top: number;
  readonly exact?: boolean;
  readonly index?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

interface Answer {
  readonly rank: number;
  /** The document's external id. */
  readonly doc_id: string;
  readonly score: number;
  readonly text: string;
}

/** `pipeline query`: the documents that the trained model finds nearest to a question. */
export async function queryCommand(file: string, question: string, options: QueryOptions): Promise<number> {
  if (question.trim() === '') throw new PipelineError('E_USAGE', 'the question is empty');
  const plan = await currentPlan(await openSession(file, options));
  const parts = retrieverOf(plan, options, file);
  const ids = questionIds(parts.model.path, question);
  if (ids.every((id) => id === UNKNOWN))
    printNotice('The model knows none of these words: the answers mean nothing.');
  const answers = await retrieve(parts, ids, plan.engine!, options);
  if (options.json) printJson({ query: question, results: answers });
  else printResult(answersText(answers));
  return 0;
}

interface Retriever {
  readonly model: Artifact;
  readonly corpus: Artifact;
  readonly embeddings: Artifact;
  readonly index: Artifact | undefined;
}

/** The artifacts that answer, found by following the graph up from the index (or the embeddings). */
function retrieverOf(plan: Plan, options: QueryOptions, file: string): Retriever {
  const entries = new Map(plan.entries.map((entry) => [entry.stage.name, entry]));
  const typeOf = (name: string): ArtifactType => entries.get(name)!.stage.kind.declaration.output;
  const last = (type: ArtifactType): string | undefined =>
    [...entries.keys()].filter((name) => typeOf(name) === type).at(-1);
  const above = (start: string, type: ArtifactType): string => {
    for (const pending = [start], seen = new Set<string>(); pending.length > 0;) {
      const name = pending.shift()!;
      if (typeOf(name) === type) return name;
      if (!seen.has(name)) pending.push(...upstreamOf(entries.get(name)!.stage));
      seen.add(name);
    }
    throw new PipelineError('E_USAGE', `'${start}' is fed by no stage that gives ${type}`);
  };
  const artifact = (name: string): Artifact => {
    const { plan: state } = entries.get(name)!;
    if (state.state === 'cached') return state.artifact;
    throw new PipelineError('E_NOT_READY', `'${name}' is not made yet, or no longer up to date`, {
      hint: `pipeline run ${file}`,
    });
  };
  const start =
    options.index === undefined
      ? (last('index') ?? last('embeddings'))
      : knownStage([...entries.keys()], options.index);
  if (start === undefined)
    throw new PipelineError('E_USAGE', 'the spec has neither an index nor embeddings to search in', {
      hint: 'Add a stage with `uses: embed`, and one with `uses: index`.',
    });
  const embeddings = above(start, 'embeddings');
  return {
    model: artifact(above(embeddings, 'model')),
    corpus: artifact(above(embeddings, 'corpus')),
    embeddings: artifact(embeddings),
    index: typeOf(start) === 'index' && options.exact !== true ? artifact(start) : undefined,
  };
}

/** Token ids of the question as the model's own tokeniser and vocabulary give them. */
function questionIds(modelFolder: string, question: string): Uint32Array {
  const config = readTokenizerConfig(modelFolder);
  const ids = encode(createTokenizer(config), vocabularyMap(readVocabulary(modelFolder)), question);
  return modelIds(ids, config, config.max_query_length);
}

async function retrieve(
  parts: Retriever,
  ids: Uint32Array,
  engine: Engine,
  options: QueryOptions,
): Promise<Answer[]> {
  const encoder = await openEncoder(parts.model.path, {
    engine,
    // A question is a few words: starting threads would take longer than encoding it.
    threads: options.threads ?? 1,
  });
  const vector = encoder.encodeQueries([ids]);
  encoder.dispose();
  const hits = await searchDocuments(vector, {
    embeddings: parts.embeddings.path,
    index: parts.index?.path,
    top: options.top,
  });
  const corpus = await openCorpus(parts.corpus.path);
  try {
    const texts = await corpus.documentTexts(hits.map((hit) => hit.doc_id));
    return hits.map((hit, position) => {
      const { name, text } = texts.get(hit.doc_id)!;
      return { rank: position + 1, doc_id: name, score: hit.score, text };
    });
  } finally {
    corpus.close();
  }
}

const TEXT_LINES = 3;

function answersText(answers: readonly Answer[]): string {
  const style = styleFor(useColor(process.stdout));
  const width = Math.max(40, Math.min(100, process.stdout.columns || 100));
  return answers
    .map(({ rank, doc_id, score, text }) => {
      const head = `${style.bold(String(rank).padStart(2))}  ${score.toFixed(3)}  ${style.dim(doc_id)}`;
      return [head, ...wrapped(text, width - 4).map((line) => `    ${line}`)].join('\n');
    })
    .join('\n');
}

/** The first lines of a text, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && cells(line) + 1 + cells(word) > width) {
      if (lines.length === TEXT_LINES) return [...lines.slice(0, -1), `${line} …`];
      lines.push(word);
    } else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
