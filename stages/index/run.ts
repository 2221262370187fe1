/**
 * Runs an index stage: builds the HNSW index over the document embeddings and measures its recall against exact
 * search. The search itself is in src/retrieval.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import { digestOfFile } from '../../src/base/hash.ts';
import { installedVersion } from '../../src/base/installation.ts';
import { canonicalJson } from '../../src/base/json.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../src/formats/embeddings.ts';
import {
  INDEX_CONFIG_FILE,
  INDEX_FILE,
  writeIndexConfig,
  type IndexConfig,
} from '../../src/formats/index-config.ts';
import { readNpy, type Matrix } from '../../src/formats/npy.ts';
import { buildIndex, openGraph } from '../../src/retrieval/ann.ts';
import { createExactSearch } from '../../src/retrieval/exact.ts';
import { openSearchThreads } from '../../src/retrieval/search-threads.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import type { IndexParams } from './parameters.ts';
import {
  expansionFor,
  queriesToMeasure,
  recallOf,
  recallSample,
  type Asked,
  type RecallSample,
} from './recall.ts';
import { recallWarning } from './warnings.ts';

const REPORT_EVERY_MS = 250;

export async function run(context: StageContext<IndexParams>): Promise<StageResult> {
  const folder = input(context, 'embeddings').path;
  const config = indexConfig(context.params, folder);
  const documents = readNpy(join(folder, DOCUMENTS_FILE));
  const { target_recall: target } = context.params;
  const asked = queriesToMeasure(readNpy(join(folder, QUERIES_FILE)), documents, target !== undefined);
  // Before the build: rejects vectors that are not finite before they reach usearch.
  const sample = await searchExactly(context, documents, config, asked);
  const seconds = await build(context, documents, config);
  const recallAt = async (expansion: number): Promise<number> => {
    context.signal.throwIfAborted();
    return recallOf(
      await openGraph(context.output, { ...config, expansion_search: expansion }),
      sample!,
      context.threads,
    );
  };
  const chosen =
    sample &&
    (target === undefined
      ? { expansion: config.expansion_search, recall: await recallAt(config.expansion_search) }
      : await expansionFor(target, config.expansion_search, documents.rows, recallAt));
  const recall = chosen?.recall;
  const searched: IndexConfig = {
    ...config,
    ...(target !== undefined && { expansion_search: chosen!.expansion, reached_recall: recall! }),
  };
  writeIndexConfig(context.output, searched);
  const warning = recallWarning(recall, searched);
  if (warning) context.warn(warning);
  const content = contentOf(config, join(folder, DOCUMENTS_FILE));
  return {
    metrics: {
      documents: documents.rows,
      'documents/s': Math.round(documents.rows / seconds),
      ...(recall === undefined ? {} : { 'recall@10': recall }),
      ...(target !== undefined && { expansion_search: searched.expansion_search }),
    },
    headline: `${documents.rows.toLocaleString('en-US')} vectors${recall === undefined ? '' : ` · recall@10 ${recall.toFixed(3)}`}`,
    digests: {
      [INDEX_FILE]: content,
      // What was chosen by measuring the graph follows it.
      ...(target !== undefined && { [INDEX_CONFIG_FILE]: content }),
    },
  };
}

/** The true neighbours of the vectors that recall is measured with. */
async function searchExactly(
  context: StageContext<IndexParams>,
  documents: Matrix,
  { similarity }: IndexConfig,
  asked: Asked | undefined,
): Promise<RecallSample | undefined> {
  const queries = asked?.rows.length ?? 0;
  const works = [{ queries, documents: documents.rows, dimensions: documents.columns }];
  const kernels = await openSearchThreads(context.threads, works);
  try {
    const exact = createExactSearch(documents, similarity, kernels);
    return asked && recallSample(exact, asked);
  } finally {
    kernels?.dispose();
  }
}

function indexConfig(params: IndexParams, folder: string): IndexConfig {
  const embeddings = readEmbeddingsConfig(folder);
  const similarity = params.metric === 'auto' ? embeddings.similarity : params.metric;
  if (params.quantization === 'i8' && similarity !== 'cosine')
    throw new PipelineError('E_INPUT', `quantization i8 loses the norms that ${similarity} needs`, {
      hint: 'Write `quantization: f16`, or train and index with cosine.',
    });
  if (embeddings.documents === 0) throw new PipelineError('E_INPUT', 'the corpus has no documents to index');
  return {
    format: 1,
    library: 'usearch',
    version: installedVersion('usearch') ?? 'unknown',
    similarity,
    quantization: params.quantization,
    dimensions: embeddings.dimensions,
    documents: embeddings.documents,
    connectivity: params.connectivity,
    expansion_add: params.expansion_add,
    expansion_search: params.expansion_search,
    ...(params.target_recall !== undefined && { target_recall: params.target_recall }),
    ...(params.parallel && { parallel: true }),
  };
}

/** Returns the build time in seconds. */
async function build(
  context: StageContext<IndexParams>,
  documents: Matrix,
  config: IndexConfig,
): Promise<number> {
  const threads = context.params.parallel ? context.threads : 1;
  const started = monotonic();
  let reported = -Infinity;
  for await (const done of buildIndex(context.output, documents, config, threads)) {
    const time = monotonic();
    if (time - reported < REPORT_EVERY_MS && done < documents.rows) continue;
    reported = time;
    context.progress({ done, total: documents.rows, unit: 'vectors' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  return (monotonic() - started) / 1000;
}

/**
 * The content that the digest of index.usearch stands for. The graph itself may differ by CPU and C++ library
 * (src/retrieval/ann.ts), but it is always an index of these vectors with these settings. Later stages only measure
 * with it.
 */
function contentOf(config: IndexConfig, vectors: string): string {
  return `HNSW ${canonicalJson({ ...config })} over ${digestOfFile(vectors)}`;
}
