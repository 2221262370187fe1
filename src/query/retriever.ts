/**
 * A spec's artifacts → answers: finds the model, corpus, embeddings and index that belong together, and searches them.
 * The command line and any server ask here; nothing in it prints.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { openEncoder } from '../engine/model/open-encoder.ts';
import { openCorpus } from '../formats/corpus.ts';
import { modelIds, readTokenizerConfig, readVocabulary, UNKNOWN } from '../formats/tokens.ts';
import { upstreamOf } from '../plan/order.ts';
import type { Plan } from '../plan/plan.ts';
import { knownStage } from '../plan/select.ts';
import { openHybridQueries } from '../retrieval/lexical/hybrid-queries.ts';
import { searchDocuments } from '../retrieval/search.ts';
import { createTokenizer, encode, vocabularyMap } from '../retrieval/tokenizer.ts';
import type { ArtifactType, Engine } from '../stage.ts';
import type { Artifact, Store } from '../store/store.ts';

export interface Answer {
  readonly rank: number;
  /** The document's external id. */
  readonly doc_id: string;
  readonly score: number;
  readonly text: string;
}

/** The artifacts that answer questions together. Without an index, search is exact. */
export interface RetrieverParts {
  readonly model: Artifact;
  readonly corpus: Artifact;
  readonly embeddings: Artifact;
  readonly index: Artifact | undefined;
}

export interface PartsOptions {
  /** Name of the stage to search in; by default the last index, else the last embeddings. */
  readonly from?: string | undefined;
  /** Search the embeddings exactly although there is an index. */
  readonly exact?: boolean | undefined;
  /** The spec as the user named it, for the command in a hint. */
  readonly file: string;
}

/**
 * The artifacts that answer, found by following the graph up from the index (or the embeddings), with their files on
 * this machine. Rejects with `E_NOT_READY` where one does not exist yet, `E_USAGE` where the spec has nothing to search.
 */
export async function retrieverParts(
  plan: Plan,
  store: Store,
  { from, exact, file }: PartsOptions,
): Promise<RetrieverParts> {
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
    throw new PipelineError('E_USAGE', `no stage that feeds '${start}' gives ${type}`);
  };
  const artifact = async (name: string): Promise<Artifact> => {
    const { plan: state } = entries.get(name)!;
    const found = state.state === 'cached' ? state.artifact.manifest : undefined;
    const fetched = found && (await store.fetch(found.kind, found.key));
    if (fetched) return fetched;
    throw new PipelineError('E_NOT_READY', `'${name}' has no result yet, or its result is out of date`, {
      hint: `Run \`pipeline run ${file}\` first.`,
    });
  };
  const start =
    from === undefined ? (last('index') ?? last('embeddings')) : knownStage([...entries.keys()], from);
  if (start === undefined)
    throw new PipelineError('E_USAGE', 'the spec has neither an index nor embeddings to search in', {
      hint: 'Add a stage with `uses: embed` and one with `uses: index`.',
    });
  const embeddings = above(start, 'embeddings');
  return {
    model: await artifact(above(embeddings, 'model')),
    corpus: await artifact(above(embeddings, 'corpus')),
    embeddings: await artifact(embeddings),
    index: typeOf(start) === 'index' && exact !== true ? await artifact(start) : undefined,
  };
}

/** Token ids of the question as the model's own tokeniser and vocabulary give them. */
export function questionTokens({ model }: RetrieverParts, question: string): Uint32Array {
  const config = readTokenizerConfig(model.path);
  const ids = encode(createTokenizer(config), vocabularyMap(readVocabulary(model.path)), question);
  return modelIds(ids, config, config.max_query_length);
}

export const knowsAWord = (tokens: Uint32Array): boolean => tokens.some((id) => id !== UNKNOWN);

export interface AnswerOptions {
  /** The text that `tokens` were made of: embeddings with a lexical part match all its words. */
  readonly question: string;
  readonly engine: Engine;
  readonly threads: number;
  readonly top: number;
}

/** The `top` documents nearest to the question, best first. */
export async function answer(
  parts: RetrieverParts,
  tokens: Uint32Array,
  { question, engine, threads, top }: AnswerOptions,
): Promise<Answer[]> {
  const encoder = await openEncoder(parts.model.path, { engine, threads });
  const learned = encoder.encodeQueries([tokens]);
  encoder.dispose();
  const words = createTokenizer(readTokenizerConfig(parts.model.path)).tokenize(question);
  const vector = openHybridQueries(parts.embeddings.path)(learned, words);
  const hits = await searchDocuments(vector, {
    embeddings: parts.embeddings.path,
    index: parts.index?.path,
    top,
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
