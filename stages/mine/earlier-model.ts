/**
 * The model of an earlier round as a retriever over its embeddings. Scores are always exact: an ANN index only proposes
 * documents, which are then scored and ranked by their vectors.
 */
import { join } from 'node:path';
import type { SearchKernels } from '../../src/engine/kernels/search/search-kernels.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { readNpy, type Matrix } from '../../src/formats/npy.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { openIndex, type AnnIndex } from '../../src/retrieval/ann.ts';
import { createExactSearch, type ExactSearch } from '../../src/retrieval/exact.ts';
import { rank } from '../../src/retrieval/ranking.ts';
import { optionalInput, PipelineError, type StageContext } from '../../src/stage.ts';
import type { MineParams } from './parameters.ts';
import { searchInOrder, type Pass, type Retriever } from './retrievers.ts';

/** Opened once, for any number of passes over queries. */
export interface EarlierModel {
  readonly exact: ExactSearch;
  /** Of the queries; row = query_id. */
  readonly vectors: Matrix;
  readonly index: AnnIndex | undefined;
}

export async function openEarlierModel(
  context: StageContext<MineParams>,
  tokens: Tokens,
  kernels: SearchKernels | undefined,
): Promise<EarlierModel> {
  const embeddings = optionalInput(context, 'embeddings');
  if (!embeddings)
    throw new PipelineError('E_INPUT', 'mining with an earlier model needs its embeddings', {
      hint: 'Write `embeddings: NAME` (and `index: NAME` for speed) under `inputs`.',
    });
  const config = readEmbeddingsConfig(embeddings.path);
  if (config.documents !== rowCount(tokens.documents) || config.queries !== rowCount(tokens.queries))
    throw new PipelineError('E_INPUT', 'tokens and embeddings do not match', {
      hint: 'Both must come from the same corpus.',
    });
  const index = optionalInput(context, 'index');
  const documents = readNpy(join(embeddings.path, DOCUMENTS_FILE));
  return {
    exact: createExactSearch(documents, config.similarity, kernels),
    vectors: readNpy(join(embeddings.path, QUERIES_FILE)),
    index: index && (await openFittingIndex(index.path, config)),
  };
}

export function modelRetriever({ exact, vectors, index }: EarlierModel, { queries, k }: Pass): Retriever {
  return {
    name: 'model',
    search: index
      ? searchByIndex(index, exact, vectors)
      : searchInOrder(queries, () => exact.search(vectors, queries, k)),
    scores: (query, documents) => exact.scores(vectors, query, documents),
  };
}

async function openFittingIndex(
  path: string,
  embeddings: { readonly documents: number; readonly dimensions: number; readonly similarity: string },
): Promise<AnnIndex> {
  const index = await openIndex(path);
  const { documents, dimensions, similarity, parallel } = index.config;
  if (documents !== embeddings.documents || dimensions !== embeddings.dimensions)
    throw new PipelineError('E_INPUT', 'index and embeddings do not match', {
      hint: 'Use the index that was built over these embeddings.',
    });
  if (similarity !== embeddings.similarity)
    throw new PipelineError('E_INPUT', `the index uses ${similarity}, the model ${embeddings.similarity}`, {
      hint: 'Write `metric: auto` in the index stage.',
    });
  if (parallel === true)
    throw new PipelineError(
      'E_INPUT',
      'an index built in parallel proposes different documents from build to build',
      {
        hint: 'Write `parallel: false` in the index stage, or leave out `index` for exact search.',
      },
    );
  return index;
}

function searchByIndex(index: AnnIndex, exact: ExactSearch, vectors: Matrix): Retriever['search'] {
  return (query, k) => {
    const vector = vectors.data.subarray(query * vectors.columns, (query + 1) * vectors.columns);
    const { documents } = index.search(vector, k);
    return rank(documents, exact.scores(vectors, query, documents));
  };
}
