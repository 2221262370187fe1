/**
 * Chooses the weight of the lexical part, and how its words are scored, by MRR@10 on the validation queries. The best
 * weight of a few queries is largely luck, so the choice keeps to a safe weight unless the queries speak against it: of
 * all weights that are not worse than the best by more than one standard error of the paired difference, it takes the
 * one nearest to it. How words are scored is chosen as for a fusion (src/retrieval/word-scorings.ts).
 */
import type { WeightValidation } from '../../../src/formats/embeddings.ts';
import { bestScoring } from '../../../src/retrieval/word-scorings.ts';

/** On MedQuAD, within 0.04 of the best MRR@10 for models of 0.31 and 0.56. */
export const SAFE_WEIGHT = 0.5;
const WEIGHTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, SAFE_WEIGHT, 0.7, 1, 1.4, 2, 3, 5, 10];
const K = 10;

/** A query's scores of the documents to rank. */
export interface QueryScores {
  readonly learned: Float64Array;
  readonly lexical: Float64Array;
  /** Positions of its relevant documents. */
  readonly relevant: readonly number[];
  /** Position of a document to leave out. */
  readonly ignored: number | undefined;
}

export interface ChosenWeight {
  readonly weight: number;
  /** Position of the way to score words. */
  readonly scoring: number;
  /** With that way. */
  readonly scores: WeightValidation['scores'];
  /** MRR@10 of the best weight with each way. */
  readonly best: readonly number[];
}

/**
 * `ways`: the same queries with each way to score words, the spec's own first; one is read to its end before the next.
 * `unit`: the learned score that counts as 1.
 */
export function chooseWeight(ways: Iterable<Iterable<QueryScores>>, unit: number): ChosenWeight {
  const found = Array.from(ways, (queries) => reciprocalRanks(queries, unit));
  const means = found.map((own) => own.map(mean));
  const best = means.map((own) => Math.max(...own));
  const scoring = bestScoring(best, found[0]![0]!.length);
  return {
    weight: WEIGHTS[nearestToSafe(found[scoring]!, means[scoring]!)]!,
    scoring,
    scores: WEIGHTS.map((weight, i) => ({ weight, 'mrr@10': means[scoring]![i]! })),
    best,
  };
}

/** Of each query, by weight. */
function reciprocalRanks(queries: Iterable<QueryScores>, unit: number): number[][] {
  const found: number[][] = WEIGHTS.map(() => []);
  for (const query of queries)
    for (const [i, weight] of WEIGHTS.entries()) found[i]!.push(reciprocalRank(query, weight * unit));
  return found;
}

function nearestToSafe(found: readonly (readonly number[])[], means: readonly number[]): number {
  const safe = WEIGHTS.indexOf(SAFE_WEIGHT);
  const best = means.indexOf(Math.max(...means));
  let nearest = best;
  for (const i of WEIGHTS.keys()) {
    const closer = Math.abs(i - safe) < Math.abs(nearest - safe);
    if (closer && notWorse(found[best]!, found[i]!)) nearest = i;
  }
  return nearest;
}

/** Whether the mean of best − other is at most its standard error. One query has none. */
function notWorse(best: readonly number[], other: readonly number[]): boolean {
  const differences = best.map((value, i) => value - other[i]!);
  const n = differences.length;
  if (n < 2) return true;
  const difference = mean(differences);
  const squares = differences.reduce((sum, d) => sum + (d - difference) * (d - difference), 0);
  return difference <= Math.sqrt(squares / (n - 1) / n) * (1 + 1e-9);
}

/** The reciprocal rank of the first relevant document, 0 beyond K; equal scores rank by position. */
function reciprocalRank({ learned, lexical, relevant, ignored }: QueryScores, factor: number): number {
  const score = (document: number): number => learned[document]! + factor * lexical[document]!;
  let first = relevant[0]!;
  for (const document of relevant)
    if (score(document) > score(first) || (score(document) === score(first) && document < first))
      first = document;
  const least = score(first);
  let rank = 1;
  for (let document = 0; document < learned.length && rank <= K; document++) {
    const value = score(document);
    if (document !== ignored && (value > least || (value === least && document < first))) rank += 1;
  }
  return rank <= K ? 1 / rank : 0;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
