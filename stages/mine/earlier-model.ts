/**
 * The model of an earlier round as a retriever over its embeddings. Scores are always exact: an ANN index only proposes
 * documents, which are then scored and ranked by their vectors.
 */
import { join } from 'node:path';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import { readNpy, type Matrix } from '../../src/formats/npy.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import type { Tokens } from '../../src/formats/tokens.ts';
import { openIndex, type AnnIndex } from '../../src/retrieval/ann.ts';
import { createExactSearch, type ExactSearch } from '../../src/retrieval/exact.ts';
import { rank, type Ranking } from '../../src/retrieval/ranking.ts';
import { optionalInput, PipelineError, type StageContext } from '../../src/stage.ts';
import type { MineParams } from './parameters.ts';
import type { Retriever } from './retrievers.ts';

/** `queries` are the queries to be mined, in order; `k` is the largest rank that any source uses. */
export async function openEarlierModel(
  context: StageContext<MineParams>,
  tokens: Tokens,
  queries: readonly number[],
  k: number,
): Promise<Retriever> {
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
  const vectors = readNpy(join(embeddings.path, QUERIES_FILE));
  const exact = createExactSearch(readNpy(join(embeddings.path, DOCUMENTS_FILE)), config.similarity);
  const index = optionalInput(context, 'index');
  const search = index
    ? searchByIndex(await openFittingIndex(index.path, config), exact, vectors)
    : searchInOrder(exact, vectors, queries, k);
  return { name: 'model', search, scores: (query, documents) => exact.scores(vectors, query, documents) };
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

/** Several sources may search the same query; exact search runs in batches of queries and only moves forward. */
function searchInOrder(
  exact: ExactSearch,
  vectors: Matrix,
  queries: readonly number[],
  k: number,
): Retriever['search'] {
  const rankings = exact.search(vectors, queries, k);
  let position = -1;
  let current: Ranking = { documents: new Uint32Array(), scores: new Float64Array() };
  return (query, wanted) => {
    while (queries[position] !== query) {
      const next = rankings.next();
      if (next.done === true) throw new Error(`query ${query} is not next`);
      current = next.value;
      position += 1;
    }
    return { documents: current.documents.subarray(0, wanted), scores: current.scores.subarray(0, wanted) };
  };
}
