/**
 * Approximate nearest-neighbour search with usearch's HNSW graph (Malkov and Yashunin 2018). The native library is
 * loaded on first use.
 *
 * Reproducibility of the graph, measured with usearch 2.25.3 on Linux: one thread and a fixed batch size give the
 * same file every time, whatever the number of cores. x86-64 CPUs with AVX-512, with AVX2 only and without AVX, and
 * arm64 with NEON (the last three emulated) all gave the same file for 2,000 × 128 vectors, but this is not
 * guaranteed: usearch selects its kernels by the CPU, and draws node levels with the C++ library's generator and
 * logarithm. Several threads give a different graph each time, and so does another batch size. The file's bytes are
 * therefore not canonical, and results that must not depend on the machine must not depend on approximate search.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BatchMatches, Index, Matches } from 'usearch';
import type { Similarity } from '../formats/embeddings.ts';
import { INDEX_FILE, readIndexConfig, type IndexConfig } from '../formats/index-config.ts';
import type { Matrix } from '../formats/npy.ts';
import { rank, type Ranking } from './ranking.ts';

/** Converts usearch's distances to scores: higher is better. */
const SCORES: Readonly<Record<Similarity, (distance: number) => number>> = {
  cosine: (distance) => 1 - distance,
  dot: (distance) => 1 - distance,
  euclidean: (distance) => -Math.sqrt(Math.max(0, distance)),
};

async function emptyIndex(config: IndexConfig): Promise<Index> {
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const metrics = { cosine: MetricKind.Cos, dot: MetricKind.IP, euclidean: MetricKind.L2sq };
  const scalars = { f32: ScalarKind.F32, f16: ScalarKind.F16, i8: ScalarKind.I8 };
  return new Index({
    dimensions: config.dimensions,
    metric: metrics[config.similarity],
    quantization: scalars[config.quantization],
    connectivity: config.connectivity,
    expansion_add: config.expansion_add,
    expansion_search: config.expansion_search,
    multi: false,
  });
}

/** Vectors added per call. The graph depends on it, so it is a constant. */
const BATCH = 512;

/**
 * Adds every row of [documents, D] under its row number and saves the graph. Yields the number of rows added after
 * each batch, for progress and so that the caller can stop.
 */
export async function* buildIndex(
  folder: string,
  documents: Matrix,
  config: IndexConfig,
  threads: number,
): AsyncGenerator<number, void> {
  const index = await emptyIndex(config);
  for (let start = 0; start < documents.rows; start += BATCH) {
    const end = Math.min(start + BATCH, documents.rows);
    const keys = BigUint64Array.from({ length: end - start }, (_, i) => BigInt(start + i));
    index.add(keys, documents.data.subarray(start * documents.columns, end * documents.columns), threads);
    yield end;
  }
  index.save(join(folder, INDEX_FILE));
}

export interface AnnIndex {
  readonly config: IndexConfig;
  /** Approximately the best k documents for one query [D]. Scores are those of the quantised vectors. */
  search(query: Float32Array, k: number): Ranking;
  /** The same for each row of `queries` [n, D], on as many of the threads as the machine has processors. */
  searchAll(queries: Float32Array, k: number, threads: number): Ranking[];
}

type Found = Pick<Matches, 'keys' | 'distances'>;
type Batch = Pick<BatchMatches, 'get'>;

/** Opens an `index` artifact. The graph is memory-mapped, not read. */
export function openIndex(folder: string): Promise<AnnIndex> {
  return openGraph(folder, readIndexConfig(folder));
}

/** Opens the graph in a folder, to be searched with the settings given. */
export async function openGraph(folder: string, config: IndexConfig): Promise<AnnIndex> {
  const index = await emptyIndex(config);
  index.view(join(folder, INDEX_FILE));
  const toScore = SCORES[config.similarity];
  const rankingOf = ({ keys, distances }: Found): Ranking =>
    rank(Uint32Array.from(keys, Number), Float64Array.from(distances, toScore));
  return {
    config,
    search: (query, k) => rankingOf(index.search(query, k, 1)),
    searchAll: (queries, k, threads) => {
      const count = queries.length / config.dimensions;
      if (count === 0) return [];
      if (count === 1) return [rankingOf(index.search(queries, k, 1))];
      // An opened graph has room for one search a processor; one more at the same time is an error of usearch.
      const most = Math.min(threads, availableParallelism());
      // Its types tell one vector from a matrix, which the call does not.
      const found = index.search(queries, k, most) as unknown as Batch;
      return Array.from({ length: count }, (_, query) => rankingOf(found.get(query)));
    },
  };
}
