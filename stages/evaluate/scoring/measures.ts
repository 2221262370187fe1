/**
 * The measures that the parameters ask for, each with its value for a ranked list and its expected value for a random
 * order. The formulas are in src/retrieval/metrics.ts and expected.ts.
 */
import {
  expectedAveragePrecision,
  expectedHit,
  expectedNdcg,
  expectedPrecision,
  expectedRecall,
  expectedReciprocalRank,
} from '../../../src/retrieval/expected.ts';
import {
  averagePrecision,
  hit,
  ndcg,
  precision,
  recall,
  reciprocalRank,
  type Relevance,
} from '../../../src/retrieval/metrics.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Cutoffs } from '../parameters.ts';

/** A measure of one ranked list, under the name that it has everywhere. */
export interface Measure {
  readonly name: string;
  of(ranking: Uint32Array, relevant: Relevance): number;
  /** Its mean over all orders of n documents. */
  expected(n: number, relevant: Relevance): number;
}

const mrrAt = (k: number): Measure => ({
  name: `mrr@${k}`,
  of: (ranking, relevant) => reciprocalRank(ranking, relevant, k),
  expected: (n, relevant) => expectedReciprocalRank(n, relevant, k),
});
const ndcgAt = (k: number): Measure => ({
  name: `ndcg@${k}`,
  of: (ranking, relevant) => ndcg(ranking, relevant, k),
  expected: (n, relevant) => expectedNdcg(n, relevant, k),
});
const recallAt = (k: number): Measure => ({
  name: `recall@${k}`,
  of: (ranking, relevant) => recall(ranking, relevant, k),
  expected: (n) => expectedRecall(n, k),
});
const hitAt = (k: number): Measure => ({
  name: `hit@${k}`,
  of: (ranking, relevant) => hit(ranking, relevant, k),
  expected: (n, relevant) => expectedHit(n, relevant, k),
});
const precisionAt = (k: number): Measure => ({
  name: `p@${k}`,
  of: (ranking, relevant) => precision(ranking, relevant, k),
  expected: (n, relevant) => expectedPrecision(n, relevant, k),
});
const mapTo = (depth: number): Measure => ({
  name: 'map',
  of: averagePrecision,
  expected: (n, relevant) => expectedAveragePrecision(n, relevant, depth),
});

/** Over the whole corpus, for lists of length `depth`, which no cut-off may exceed. */
export function corpusMeasures(cutoffs: Cutoffs, depth: number): Measure[] {
  const { mrr, ndcg: gains, recall: found, hit: hits } = cutoffs;
  const deepest = Math.max(0, ...mrr, ...gains, ...found, ...hits);
  if (deepest > depth)
    throw new PipelineError(
      'E_PARAMETER',
      `the cut-off ${deepest} exceeds the depth of the lists, ${depth}`,
      {
        hint: `Write \`depth: ${deepest}\`, or lower the cut-off.`,
      },
    );
  return [
    ...cutoffs.mrr.map(mrrAt),
    ...cutoffs.ndcg.map(ndcgAt),
    mapTo(depth),
    ...cutoffs.recall.map(recallAt),
    ...cutoffs.hit.map(hitAt),
  ];
}

/** Within the candidates of a query: all of them are ranked, and no other documents. */
export const CANDIDATE_MEASURES: readonly Measure[] = [
  { ...mrrAt(Infinity), name: 'mrr' },
  mapTo(Infinity),
  precisionAt(1),
  ndcgAt(10),
];
