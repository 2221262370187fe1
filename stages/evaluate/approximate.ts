import { monotonic } from '../../src/base/clock.ts';
import type { Matrix } from '../../src/formats/npy.ts';
import { openIndex } from '../../src/retrieval/ann.ts';
import type { Ranking } from '../../src/retrieval/ranking.ts';
import type { Metrics } from '../../src/stage.ts';

const CUTOFFS = [10, 100] as const;
const DEEPEST = 100;

/** Compares approximate lists with the exact ones as they come. */
export interface ApproximateProbe {
  readonly documents: number;
  observe(query: number, exact: Ranking): void;
  /** Recall against exact search, and the latency of single queries in milliseconds. */
  metrics(): Metrics;
}

/** These figures depend on the machine, so they become metrics and never part of the artifact's files. */
export async function approximateProbe(folder: string, vectors: Matrix): Promise<ApproximateProbe> {
  const index = await openIndex(folder);
  const found = CUTOFFS.map(() => 0);
  const wanted = CUTOFFS.map(() => 0);
  const times: number[] = [];
  return {
    documents: index.config.documents,
    observe: (query, exact) => {
      const vector = vectors.data.subarray(query * vectors.columns, (query + 1) * vectors.columns);
      const started = monotonic();
      const { documents } = index.search(vector, DEEPEST);
      times.push(monotonic() - started);
      for (const [i, k] of CUTOFFS.entries()) {
        const nearest = exact.documents.subarray(0, k);
        const proposed = new Set(documents.subarray(0, k));
        found[i]! += nearest.reduce((count, document) => count + (proposed.has(document) ? 1 : 0), 0);
        wanted[i]! += nearest.length;
      }
    },
    metrics: () => ({
      ...Object.fromEntries(CUTOFFS.map((k, i) => [`ann/recall@${k}`, found[i]! / wanted[i]!])),
      ...Object.fromEntries([50, 95, 99].map((part) => [`ann/p${part}_ms`, percentile(times, part)])),
    }),
  };
}

/** Nearest rank. */
function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((part / 100) * sorted.length) - 1)]!;
}
