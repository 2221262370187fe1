/**
 * Measures approximate search: searches the index with the same queries and compares its lists with the exact ones.
 * Only for stages with an `index` input.
 */
import { monotonic } from '../../../src/base/clock.ts';
import type { Matrix } from '../../../src/formats/npy.ts';
import { openIndex } from '../../../src/retrieval/ann.ts';
import { withoutDocument, type Ranking } from '../../../src/retrieval/ranking.ts';
import type { Metrics } from '../../../src/stage.ts';
import type { Cutoffs } from '../parameters.ts';
import { latencyMetrics } from './latency.ts';
import { corpusMeasures } from './measures.ts';
import type { EvaluatedQuery } from './queries.ts';

const CUTOFFS = [10, 100] as const;

/** Compares the approximate list of each query with the exact one. */
export interface ApproximateProbe {
  readonly documents: number;
  observe(query: EvaluatedQuery, exact: Ranking): void;
  /** The measures of the approximate lists, their recall against exact search, and the latency of single queries. */
  metrics(): Metrics;
}

/**
 * The results of the graph may differ by machine (src/retrieval/ann.ts), so these values become metrics of the stage
 * and never go into the files of the artifact. Lists are as deep as the largest cut-off; MAP, which needs deeper lists,
 * is left out.
 */
export async function approximateProbe(
  folder: string,
  vectors: Matrix,
  { mrr, ndcg, recall, hit }: Cutoffs,
): Promise<ApproximateProbe> {
  const index = await openIndex(folder);
  const depth = Math.max(...CUTOFFS, ...mrr, ...ndcg, ...recall, ...hit);
  const measures = corpusMeasures({ mrr, ndcg, recall, hit }, depth).filter(({ name }) => name !== 'map');
  const sums = measures.map(() => 0);
  const overlap = CUTOFFS.map(() => ({ found: 0, wanted: 0 }));
  const times: number[] = [];
  return {
    documents: index.config.documents,
    observe: (query, exact) => {
      const vector = vectors.data.subarray(query.id * vectors.columns, (query.id + 1) * vectors.columns);
      const started = monotonic();
      const found = index.search(vector, query.ignored === undefined ? depth : depth + 1);
      times.push(monotonic() - started);
      const { documents } = withoutDocument(found, query.ignored, depth);
      for (const [i, measure] of measures.entries()) sums[i]! += measure.of(documents, query.relevant);
      for (const [i, k] of CUTOFFS.entries()) {
        const nearest = exact.documents.subarray(0, k);
        const proposed = new Set(documents.subarray(0, k));
        overlap[i]!.found += nearest.reduce((count, document) => count + (proposed.has(document) ? 1 : 0), 0);
        overlap[i]!.wanted += nearest.length;
      }
    },
    metrics: () => ({
      ...Object.fromEntries(measures.map(({ name }, i) => [`ann/${name}`, sums[i]! / times.length])),
      ...Object.fromEntries(
        CUTOFFS.map((k, i) => [`ann/exact_recall@${k}`, overlap[i]!.found / overlap[i]!.wanted]),
      ),
      ...latencyMetrics('ann', times),
    }),
  };
}
