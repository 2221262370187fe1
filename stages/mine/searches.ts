/**
 * What queries are searched with: BM25, with one or several ways to score words, and the earlier model. Each is opened when
 * it is first needed, and once for both passes over the queries, that for weak positives and that for negatives.
 */
import type { SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import { readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import type { Bm25Parameters } from '../../src/formats/word-scoring.ts';
import { bm25Family, type Bm25 } from '../../src/retrieval/bm25.ts';
import { openSearchThreads } from '../../src/retrieval/search-threads.ts';
import { optionalInput, type StageContext } from '../../src/stage.ts';
import { openEarlierModel, type EarlierModel } from './earlier-model.ts';
import type { MineParams } from './parameters.ts';
import type { ChosenQueries } from './queries.ts';
import { fillSources } from './sources/fill.ts';

type Context = StageContext<MineParams>;

export interface Searches {
  readonly bm25: (scoring: Bm25Parameters) => Bm25;
  readonly model: () => Promise<EarlierModel>;
  /** Ends the threads. */
  dispose(): void;
}

export async function openSearches(
  context: Context,
  tokens: Tokens,
  chosen: ChosenQueries,
): Promise<Searches> {
  const kernels = await openKernels(context, tokens, chosen);
  let family: ReturnType<typeof bm25Family> | undefined;
  const opened = new Map<string, Bm25>();
  const bm25: Searches['bm25'] = (scoring) => {
    const key = JSON.stringify(scoring);
    let found = opened.get(key);
    if (!found) {
      family ??= bm25Family(tokens.documents, tokens.vocabulary.tokens.length, kernels);
      opened.set(key, (found = family(scoring)));
    }
    return found;
  };
  let model: Promise<EarlierModel> | undefined;
  return {
    bm25,
    model: () => (model ??= openEarlierModel(context, tokens, kernels)),
    dispose: () => {
      kernels?.dispose();
    },
  };
}

/** Undefined where there is little to search for. */
function openKernels(
  context: Context,
  tokens: Tokens,
  { judged, unjudged }: ChosenQueries,
): Promise<SearchKernels | undefined> {
  const { params, threads } = context;
  const { from } = params.positives;
  const sources = [...params.negatives, ...fillSources(params)];
  const passes = [
    ...sources.map((source) => ({ by: source.from, queries: judged.length + unjudged.length })),
    ...(from === 'qrels' ? [] : [{ by: from, queries: unjudged.length }]),
  ];
  const documents = rowCount(tokens.documents);
  const embeddings = optionalInput(context, 'embeddings');
  const isExact = embeddings !== undefined && !optionalInput(context, 'index');
  const works = passes.flatMap(({ by, queries }) => [
    ...(by === 'bm25' || by === 'fusion' ? [{ queries, documents }] : []),
    ...((by === 'model' || by === 'fusion') && isExact
      ? [{ queries, documents, dimensions: readEmbeddingsConfig(embeddings.path).dimensions }]
      : []),
  ]);
  return openSearchThreads(threads, works);
}
