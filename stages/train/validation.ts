/** Validation: how well the model ranks documents for the validation queries. Training is not done here. */
import { random, shuffle } from '../../src/base/random.ts';
import { encodeAll } from '../../src/engine/model/encode-batches.ts';
import type { SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import { raggedFrom, row } from '../../src/formats/ragged.ts';
import {
  ignoredDocuments,
  queriesOfSplit,
  relevantDocuments,
  type Tokens,
} from '../../src/formats/tokens.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { recall, reciprocalRank, type Relevance } from '../../src/retrieval/metrics.ts';
import { openSearchThreads } from '../../src/retrieval/search-threads.ts';
import { withoutDocument, type Ranking } from '../../src/retrieval/ranking.ts';
import type { Dataset } from './dataset.ts';
import type { ValidationParams } from './parameters.ts';
import { validationDocuments } from './validation-documents.ts';

export interface ValidationFigures {
  readonly 'mrr@10': number;
  readonly 'recall@100': number;
}

/** Document numbers are positions in `documents` here, except in `documents` itself. */
export interface ValidationSet {
  readonly queries: readonly {
    readonly id: number;
    readonly relevant: Relevance;
    readonly candidates: Uint32Array;
    /** The document that the query itself is, if it is among the ranked ones. */
    readonly ignored: number | undefined;
  }[];
  /** The doc_ids of the ranked documents. */
  readonly documents: Uint32Array;
  readonly against: ValidationParams['against'];
}

/** Depth of the rankings; one more is asked for, in case that one is ignored. */
const RANKED = 100;

/** Undefined if there is no such split or none of its queries can be measured. */
export function validationSet(
  tokens: Tokens,
  params: Omit<ValidationParams, 'every' | 'max_documents'> & { readonly max_documents: number },
  seed: number,
): ValidationSet | undefined {
  const ofSplit = queriesOfSplit(tokens, params.split);
  const relevant = relevantDocuments(tokens, ofSplit);
  const ignored = ignoredDocuments(tokens, params.ignore_identical_ids);
  const candidates = (query: number): Uint32Array =>
    row(tokens.candidates, query).filter((document) => document !== ignored.get(query));
  const usable = ofSplit.filter((query) => {
    const answers = relevant.get(query);
    return (
      answers !== undefined &&
      (params.against === 'corpus' || candidates(query).some((document) => answers.has(document)))
    );
  });
  if (usable.length === 0) return undefined;
  const asked = shuffle(usable, random(seed, 'validation queries')).slice(0, params.max_queries).sort();
  const wanted = Array.from(asked, (query) =>
    params.against === 'corpus' ? [...relevant.get(query)!.keys()] : [...candidates(query)],
  ).flat();
  const documents =
    params.against === 'corpus'
      ? validationDocuments(tokens, asked, wanted, params.max_documents, seed)
      : Uint32Array.from(new Set(wanted)).sort();
  const position = new Map(Array.from(documents, (document, i) => [document, i]));
  const queries = Array.from(asked, (id) => ({
    id,
    relevant: new Map(
      [...relevant.get(id)!].flatMap(([document, grade]) =>
        position.has(document) ? [[position.get(document)!, grade] as const] : [],
      ),
    ),
    candidates: Uint32Array.from(new Set(candidates(id)), (document) => position.get(document) ?? 0),
    ignored: position.get(ignored.get(id) ?? -1),
  }));
  return { queries, documents, against: params.against };
}

/** Threads to search with, where they are worth it. The caller disposes of them: their memory is that of the corpus. */
export async function openSearch(
  { against, queries, documents }: ValidationSet,
  { config }: Model,
  threads: number,
): Promise<SearchKernels | undefined> {
  if (against !== 'corpus') return undefined;
  const work = { queries: queries.length, documents: documents.length, dimensions: config.dimensions };
  return openSearchThreads(threads, [work]);
}

/** Yields the number of encoded texts between batches; returns the measures. */
export function* validate(
  model: Model,
  set: ValidationSet,
  dataset: Dataset,
  kernels?: SearchKernels,
): Generator<number, ValidationFigures> {
  const { dimensions: columns, similarity } = model.config;
  const documents = new Float32Array(set.documents.length * columns);
  const queries = new Float32Array(set.queries.length * columns);
  const texts = (ids: Iterable<number>, from: Dataset['queries']): Dataset['queries'] =>
    raggedFrom(Array.from(ids, (id) => row(from, id)));
  yield* encodeAll(
    (batch) => model.infer('document', batch),
    columns,
    texts(set.documents, dataset.documents),
    documents,
  );
  const asked = texts(
    set.queries.map(({ id }) => id),
    dataset.queries,
  );
  for (const done of encodeAll((batch) => model.infer('query', batch), columns, asked, queries))
    yield set.documents.length + done;
  const matrix = { rows: set.queries.length, columns, data: queries };
  const corpus = { rows: set.documents.length, columns, data: documents };
  const search = createExactSearch(corpus, similarity, kernels);
  const rankings =
    set.against === 'corpus'
      ? search.search(
          matrix,
          Array.from(set.queries, (_, i) => i),
          RANKED + 1,
        )
      : set.queries.map(({ candidates }, i) => search.rankCandidates(matrix, i, candidates));
  return average(set, rankings);
}

function average(set: ValidationSet, rankings: Iterable<Ranking>): ValidationFigures {
  let [mrr, recalled, i] = [0, 0, 0];
  for (const ranking of rankings) {
    const { relevant, ignored } = set.queries[i++]!;
    const { documents } = withoutDocument(ranking, ignored, RANKED);
    mrr += reciprocalRank(documents, relevant, 10);
    recalled += recall(documents, relevant, RANKED);
  }
  return { 'mrr@10': mrr / i, 'recall@100': recalled / i };
}
